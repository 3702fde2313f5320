// On every page of the desk: names that the stock pages leave out, for those who listen to a page.

// An autocomplete stands in the place of a select whose label it does not know.
function nameAutocomplete(select) {
  const name = select.labels?.[0]?.textContent.replace(/[:\s]+$/, "").trim() || select.getAttribute("aria-label")
  const box = select.nextElementSibling?.querySelector?.(".select2-selection")
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

document.getElementById("searchbar")?.setAttribute("aria-label", "Search")

if (document.querySelector("select.admin-autocomplete")) {
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
  nameAll()
}
