// On every page of the desk: names that the stock pages leave out, for those who listen to a page.

// An autocomplete stands in the place of a select whose label it does not know.
function nameAutocomplete(select) {
  const name = select.labels?.[0]?.textContent.replace(/[:\s]+$/, "").trim() || select.getAttribute("aria-label")
  const box = select.nextElementSibling?.querySelector?.(".select2-selection")
  // Where several may be chosen, the field one types into stands within the box, and is drawn anew after each choice.
  if (name) box?.querySelector(".select2-search__field:not([aria-label])")?.setAttribute("aria-label", name)
  if (!box || !name || box.getAttribute("aria-label") === name) return
  const chosen = box.querySelector(".select2-selection__rendered")
  chosen?.removeAttribute("role")
  chosen?.removeAttribute("aria-readonly")
  box.setAttribute("aria-label", name)
  box.removeAttribute("aria-labelledby")
  if (chosen?.id) box.setAttribute("aria-describedby", chosen.id)
}

const nameAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(nameAutocomplete)

for (const head of document.querySelectorAll(".inline-group th:empty")) {
  const words = document.createElement("span")
  words.className = "visually-hidden"
  words.textContent = "Row"
  head.append(words)
}

// On a phone a list is entries: each fact says what it is, and what is empty is left out (css/desk.css).
const list = document.getElementById("result_list")
const heads = [...(list?.querySelectorAll("thead th") ?? [])].map((head) => head.querySelector(".text")?.textContent.trim() ?? "")
for (const row of list?.tBodies[0]?.rows ?? []) {
  for (const [number, cell] of [...row.cells].entries()) {
    if (cell.tagName === "TH" || !heads[number]) continue
    cell.dataset.label = heads[number]
    if (["", "–", "-"].includes(cell.textContent.trim()) && !cell.querySelector("img, input")) cell.dataset.empty = ""
  }
}

// A box that scrolls is reached with the keyboard, and says what it is.
const title = document.querySelector("#content h1")?.textContent.trim() ?? ""
for (const box of document.querySelectorAll(".results:not([role]), .inline-group > .tabular, .inline-group .wrapper")) {
  if (box.scrollWidth <= box.clientWidth) continue
  box.tabIndex = 0
  box.setAttribute("role", "region")
  const own = box.querySelector("h2, caption") ?? document.getElementById(box.closest("fieldset")?.getAttribute("aria-labelledby"))
  box.setAttribute("aria-label", `${own?.textContent.trim() || title || "List"}: the rows`)
}

document.getElementById("searchbar")?.setAttribute("aria-label", "Search")

if (document.querySelector("select.admin-autocomplete")) {
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
  nameAll()
}
