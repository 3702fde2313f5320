// Words that stand in this browser alone: what was typed and did not reach the newsroom yet. One entry a form, the person's own.

const PREFIX = "desk-words:"
const MOST = 1_000_000 // characters of one form
const AT_MOST = 30 // forms
const DAYS = 30

const nameOf = (user, article, key) => `${PREFIX}${user}:${article}:${key}`

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name))
  } catch {
    return null
  }
}

function names() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))
  } catch {
    return []
  }
}

// Whether it is kept: a browser may have no room, or forbid it.
export function put(user, article, key, words) {
  const name = nameOf(user, article, key)
  if (words.length > MOST || (!read(name) && names().length >= AT_MOST)) return false
  try {
    localStorage.setItem(name, JSON.stringify({ words, at: Date.now() }))
    return true
  } catch {
    return false
  }
}

export function drop(user, article, key) {
  try {
    localStorage.removeItem(nameOf(user, article, key))
  } catch {
    // nothing was kept then
  }
}

// [{key, words}] of this person and this article ("new": of forms never saved), but for the one that is open here.
export function left(user, article, besides) {
  const begin = nameOf(user, article, "")
  const found = []
  for (const name of names()) {
    const kept = read(name)
    if (!kept || Date.now() - kept.at > DAYS * 86_400_000) localStorage.removeItem(name)
    else if (name.startsWith(begin) && name !== begin + besides) found.push({ key: name.slice(begin.length), words: kept.words })
  }
  return found
}

// Forms that were saved.
export function forget(keys) {
  for (const name of names()) if (keys.includes(name.split(":").pop())) localStorage.removeItem(name)
}

// What is thrown away on a page is gone from this browser too.
document.addEventListener("submit", (event) => {
  const key = event.target.closest(".desk-kept")?.dataset.key ?? event.target.dataset.key
  if (key && event.target.method === "post") forget([key])
})
