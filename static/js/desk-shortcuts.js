// Keyboard shortcuts of the desk. Each one presses a link or a button of the page that has it in `data-shortcut`, or goes to a
// field; nothing else is listed. “g a”: one key after the other; “Mod+S”: together, where Mod is Ctrl or ⌘.

const OFF = "desk-single-keys-off"
const BETWEEN = 1_500 // two keys that belong together
const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
const PLACES = "input:not([type=button], [type=submit], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=menu]"

let off = false
try {
  off = localStorage.getItem(OFF) === "1"
} catch {}

// A list's own search is nearer than the way to another one.
const searchbar = document.getElementById("searchbar")
const wayToSearch = document.querySelector('[data-shortcut="/"]')
if (searchbar && wayToSearch) {
  wayToSearch.removeAttribute("data-shortcut")
  wayToSearch.removeAttribute("aria-keyshortcuts")
  searchbar.dataset.shortcut = "/"
  searchbar.dataset.shortcutLabel = "Search this list"
  if (location.hash === "#searchbar") searchbar.focus()
}

const isSingle = (keys) => !keys.includes("+")
const present = () => [...document.querySelectorAll("[data-shortcut]")].filter((one) => !one.disabled && !one.closest("[inert]") && one.checkVisibility())
const labelOf = (one) => one.dataset.shortcutLabel || one.getAttribute("aria-label") || one.textContent.replace(/\s+/g, " ").trim()

function tellAssistants() {
  for (const one of document.querySelectorAll("[data-shortcut]")) {
    const keys = one.dataset.shortcut
    if (!isSingle(keys) || keys.includes(" ")) continue
    if (off) one.removeAttribute("aria-keyshortcuts")
    else one.setAttribute("aria-keyshortcuts", keys)
  }
}

function press(one) {
  if (one.matches("[data-shortcut-list]")) return list()
  if (one.matches("input, textarea, select")) {
    one.focus()
    one.select?.()
    return
  }
  if (one.dataset.shortcutAsks && !window.confirm(one.dataset.shortcutAsks)) return
  one.click()
}

// Of letters the key that says so, wherever it lies; with Alt a Mac types another sign, so there the place counts.
function together(event) {
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key
  const names = [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", letter.length === 1 ? letter.toUpperCase() : letter]
  return names.filter(Boolean).join("+")
}

let first = ""
let since = 0

function single(event) {
  const path = event.target.closest?.(PLACES)
  if (off || path || document.querySelector("dialog[open], .desk-beside:focus-within iframe:focus")) return null
  const key = event.key.length === 1 ? event.key : ""
  const now = Date.now()
  const two = first && now - since < BETWEEN ? `${first} ${key}` : ""
  first = key
  since = now
  const there = present()
  return there.find((one) => one.dataset.shortcut === two) ?? there.find((one) => one.dataset.shortcut === key)
}

export function heed(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat || event.getModifierState("AltGraph")) return
  if (["Control", "Meta", "Alt", "Shift"].includes(event.key)) return
  const withOthers = event.ctrlKey || event.metaKey || event.altKey
  const found = withOthers ? present().find((one) => one.dataset.shortcut === together(event)) : single(event)
  if (!found || document.querySelector("dialog[open]")) return
  event.preventDefault()
  first = ""
  press(found)
}

// The list

const element = (name, text, ...inside) => {
  const made = document.createElement(name)
  if (text) made.textContent = text
  made.append(...inside)
  return made
}

function shown(keys) {
  const name = (key) => (key === "Mod" ? (isMac ? "⌘" : "Ctrl") : key)
  const cell = document.createElement("td")
  keys.split(" ").forEach((step, number) => {
    if (number) cell.append(" then ")
    step.split("+").forEach((key, at) => cell.append(...(at ? [" + "] : []), element("kbd", name(key))))
  })
  return cell
}

function table(heading, rows) {
  const made = element("table", "", element("caption", heading))
  const body = element("tbody")
  for (const [keys, label] of rows) body.append(element("tr", "", shown(keys), element("td", label)))
  const head = element("tr", "", element("th", "Keys"), element("th", "What they do"))
  for (const cell of head.cells) cell.scope = "col"
  made.append(element("thead", "", head), body)
  return made
}

function switcher() {
  const box = element("input")
  box.type = "checkbox"
  box.checked = !off
  box.addEventListener("change", () => {
    off = !box.checked
    try {
      localStorage.setItem(OFF, off ? "1" : "0")
    } catch {}
    tellAssistants()
  })
  return element("p", "", element("label", "", box, " Heed shortcuts of a single character, on every page in this browser"))
}

function list() {
  const dialog = element("dialog")
  dialog.className = "desk-shortcuts"
  const heading = element("h2", "Keyboard shortcuts")
  heading.id = "desk-shortcuts-heading"
  dialog.setAttribute("aria-labelledby", heading.id)
  const there = present().map((one) => [one.dataset.shortcut, labelOf(one), one.closest(".desk-ways") !== null])
  const own = there.filter(([, , everywhere]) => !everywhere)
  const further = [...document.querySelectorAll("[data-shortcuts-in]")]
  const close = element("button", "Close")
  close.className = "desk-button"
  close.type = "button"
  close.autofocus = true
  close.addEventListener("click", () => dialog.close())
  const bar = element("div", "", heading, close)
  bar.className = "desk-shortcuts-bar"
  dialog.append(bar)
  if (own.length) dialog.append(table("On this page", own))
  for (const group of further) {
    if (!document.querySelector(".ProseMirror")) continue
    dialog.append(table(group.dataset.shortcutsIn, [...group.children].map((row) => [row.dataset.keys, row.textContent])))
  }
  dialog.append(table("On every page", there.filter(([, , everywhere]) => everywhere)), switcher())
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

document.addEventListener("click", (event) => {
  const way = event.target.closest?.("[data-shortcut-list]")
  if (!way || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  list()
})
document.addEventListener("keydown", heed)
tellAssistants()
