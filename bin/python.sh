# Read by bin/run and bin/test: finds Python, 3.12 or newer, and goes to the project's folder.
# Sets $python and $here (where the person stood).

here=$PWD
program=$(readlink -f -- "$0" 2>/dev/null || printf '%s' "$0")
cd -- "$(dirname -- "$program")/.." || exit 1

python=
for candidate in python3 python3.13 python3.12 python3.14 python "${HOME:-}"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ] && command -v uv >/dev/null 2>&1; then
    python=$(uv python find '>=3.12' 2>/dev/null)
fi
if [ -z "$python" ]; then
    echo "Python 3.12 or newer is missing: install it, then run this again." >&2
    exit 1
fi
