// Boxes for one name (a tag, an author): the browser's own list of suggestions, filled while one types.

let number = 0

for (const input of document.querySelectorAll("input[data-names]")) {
  const list = document.createElement("datalist")
  list.id = `desk-names-${++number}`
  input.after(list)
  input.setAttribute("list", list.id)
  let asked = 0
  let wait
  const suggest = async () => {
    const mine = ++asked
    const answer = await fetch(`${input.dataset.names}?${new URLSearchParams({ q: input.value })}`).catch(() => null)
    if (!answer?.ok || mine !== asked) return
    const { names } = await answer.json()
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })))
  }
  input.addEventListener("input", () => {
    clearTimeout(wait)
    wait = setTimeout(suggest, 150)
  })
}
