// The front page on the desk. Every button is a plain form post; here they are sent without leaving the page, stories are
// dragged by their handles or moved by keys, and the preview follows.

const desk = document.querySelector(".front-desk")
const live = document.querySelector("[data-say]")
const form = () => document.getElementById("frontpage_form")

function say(words) {
  live.textContent = ""
  requestAnimationFrame(() => (live.textContent = words))
}

// Sending

let sending = false

async function send(name, value, { focus } = {}) {
  if (sending) return
  sending = true
  const data = new FormData(form())
  data.append(name, value)
  desk.setAttribute("aria-busy", "true")
  try {
    const response = await fetch(form().action, { method: "POST", body: data, credentials: "same-origin" })
    take(new DOMParser().parseFromString(await response.text(), "text/html"), focus, name)
  } catch {
    say("It did not arrive. Try again.")
    trouble("It did not arrive: the connection broke. Nothing is lost; try again.")
  } finally {
    sending = false
    desk.removeAttribute("aria-busy")
  }
}

function take(page, focus, name) {
  const board = page.querySelector("[data-board]")
  if (!board) return asPlainForm(name) // signed out, or refused: that page says so
  document.querySelector("[data-board]").replaceWith(board)
  const [was, is] = [document.querySelector("[data-choose]"), page.querySelector("[data-choose]")]
  const into = document.getElementById("into")?.value
  if (was && is) was.replaceWith(is)
  else if (was) was.remove()
  else if (is) document.querySelector(".front-side").prepend(is)
  const select = document.getElementById("into")
  if (select && into && select.options[into]) select.value = into
  const told = messages(page)
  dress()
  const alert = document.querySelector("[data-alert]")
  say(alert?.dataset.alert ?? told)
  if (name !== "_find") refresh()
  if (focus) document.getElementById(focus)?.focus({ preventScroll: false })
}

function messages(page) {
  const is = page.querySelector(".messagelist")
  document.querySelector(".messagelist")?.remove()
  if (!is) return ""
  document.querySelector("#content").before(is)
  return is.textContent.trim().replace(/\s+/g, " ")
}

function trouble(words) {
  document.querySelector(".messagelist")?.remove()
  const list = document.createElement("ul")
  list.className = "messagelist"
  const item = document.createElement("li")
  item.className = "error"
  item.textContent = words
  list.append(item)
  document.querySelector("#content").before(list)
}

function asPlainForm(name) {
  const field = document.createElement("input")
  Object.assign(field, { type: "hidden", name, value: "1" })
  form().append(field)
  form().submit()
}

document.addEventListener("submit", (event) => {
  const button = event.submitter
  if (event.target !== form() || !button?.name) return
  event.preventDefault()
  send(button.name, button.value, { focus: focusAfter(button) })
})

// What has the focus after a button: the slot that it moved, or the same button.
function focusAfter(button) {
  const number = Number(button.value)
  if (button.name === "_up") return `grip-${Math.max(number - 1, 0)}`
  if (button.name === "_down") return document.getElementById(`grip-${number + 1}`) ? `grip-${number + 1}` : `grip-${number}`
  if (["_open", "_pin"].includes(button.name)) return `grip-${number}`
  if (button.name === "_remove") return `grip-${Math.max(number - 1, 0)}`
  if (button.name === "_put") return `grip-${document.getElementById("into").value}`
  return button.name === "_find" ? "find" : undefined
}

// Searching as one types

let waiting
document.addEventListener("input", (event) => {
  if (event.target.id !== "find") return
  clearTimeout(waiting)
  waiting = setTimeout(find, 350)
})

async function find() {
  const field = document.getElementById("find")
  const asked = field.value
  const response = await fetch(`${form().action}?${new URLSearchParams({ q: asked })}`).catch(() => null)
  if (!response?.ok || field.value !== asked) return
  const page = new DOMParser().parseFromString(await response.text(), "text/html")
  const found = page.querySelector(".front-found")
  if (!found) return
  document.querySelector(".front-found").replaceWith(found)
  dress()
  say(`${found.querySelectorAll("[data-article]").length} stories found`)
}

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "find" || event.key !== "Enter") return
  event.preventDefault()
  clearTimeout(waiting)
  find()
})

// Moving by keys: Space picks up, arrows move, Space drops, Escape puts back

let lifted = null

function groupOf(slot) {
  return [...slot.parentElement.children]
}

function pickUp(slot) {
  lifted = { slot, from: groupOf(slot).indexOf(slot) }
  slot.classList.add("lifted")
  const all = groupOf(slot)
  say(`${slot.dataset.name} picked up, ${lifted.from + 1} of ${all.length}. Arrow keys move it, Space drops it, Escape puts it back.`)
}

function shift(step) {
  const all = groupOf(lifted.slot)
  const other = all[all.indexOf(lifted.slot) + step]
  if (!other) return
  if (step < 0) other.before(lifted.slot)
  else other.after(lifted.slot)
  lifted.slot.querySelector(".front-grip").focus()
  say(`${groupOf(lifted.slot).indexOf(lifted.slot) + 1} of ${all.length}`)
}

function putBack() {
  const { slot, from } = lifted
  const others = groupOf(slot).filter((each) => each !== slot)
  if (others[from]) others[from].before(slot)
  else slot.parentElement.append(slot)
}

function drop() {
  const { slot, from } = lifted
  const to = groupOf(slot).indexOf(slot)
  putBack() // the numbers of the form are those of the page as it was sent
  const [start, end] = [Number(slot.dataset.slot), Number(slot.dataset.slot) + to - from]
  release()
  if (to === from) say(`${slot.dataset.name} stays where it was.`)
  else send("_to", `${start}:${end}`, { focus: `grip-${end}` })
}

function release() {
  lifted.slot.classList.remove("lifted")
  lifted = null
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".front-slot .front-grip")
  if (!grip) return
  const slot = grip.closest("[data-slot]")
  if (event.key === " " || event.key === "Enter") {
    event.preventDefault()
    if (lifted) drop()
    else pickUp(slot)
  } else if (lifted && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault()
    shift(event.key === "ArrowUp" ? -1 : 1)
  } else if (lifted && event.key === "Escape") {
    putBack()
    slot.querySelector(".front-grip").focus()
    release()
    say(`${slot.dataset.name} is back where it was.`)
  }
})

document.addEventListener("focusout", (event) => {
  // Moving an element takes its focus away for a moment; only who really goes elsewhere lets go.
  setTimeout(() => {
    if (!lifted || lifted.slot.contains(document.activeElement)) return
    putBack()
    release()
  })
})

// Dragging, with mouse, pen or finger: a slot within its list, a story that was found into any slot

let dragged = null

function under(event) {
  const slot = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-slot]")
  if (!slot || slot === dragged.what) return null
  return dragged.what.dataset.article || slot.parentElement === dragged.what.parentElement ? slot : null
}

function mark(slot) {
  for (const each of document.querySelectorAll(".front-slot.over")) each.classList.remove("over")
  slot?.classList.add("over")
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.(".front-grip")
  if (!grip || event.button !== 0) return
  event.preventDefault()
  grip.focus()
  dragged = { what: grip.closest("[data-slot], [data-article]"), x: event.clientX, y: event.clientY }
  document.body.classList.add("dragging")
})

document.addEventListener("pointermove", (event) => {
  if (!dragged) return
  mark(under(event))
  const edge = 60 // near the edge of the window the page goes along
  if (event.clientY < edge) scrollBy(0, -16)
  else if (event.clientY > innerHeight - edge) scrollBy(0, 16)
})

for (const kind of ["pointerup", "pointercancel"]) {
  document.addEventListener(kind, (event) => {
    if (!dragged) return
    const slot = kind === "pointerup" ? under(event) : null
    const { article, slot: from } = dragged.what.dataset
    mark(null)
    dragged = null
    document.body.classList.remove("dragging")
    if (!slot) return
    const to = slot.dataset.slot
    if (!article) return send("_to", `${from}:${to}`, { focus: `grip-${to}` })
    document.getElementById("into").value = to
    send("_put", article, { focus: `grip-${to}` })
  })
}

// The preview

const frame = desk.querySelector("iframe")
const box = desk.querySelector(".front-frame")
let width = 1280

function fit() {
  box.classList.toggle("phone", width === 390)
  const scale = Math.min(1, box.clientWidth / width)
  box.style.setProperty("--scale", scale)
  box.style.setProperty("--width", `${Math.max(width, box.clientWidth)}px`)
  box.classList.add("scaled")
}

function refresh() {
  const at = frame.contentWindow?.scrollY ?? 0
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, at), { once: true })
  frame.contentWindow.location.reload()
}

// A link of the preview opens beside the desk, not inside the frame.
function lead() {
  frame.contentDocument?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]")
    if (!link) return
    event.preventDefault()
    open(link.href, "_blank", "noopener")
  })
  frame.contentDocument?.addEventListener("submit", (event) => event.preventDefault())
}

function dress() {
  for (const hidden of desk.querySelectorAll(".front-grip[hidden], [data-how][hidden], [data-widths][hidden]")) hidden.hidden = false
}

for (const button of desk.querySelectorAll("[data-width]")) {
  button.addEventListener("click", () => {
    width = Number(button.dataset.width)
    for (const each of desk.querySelectorAll("[data-width]")) each.setAttribute("aria-pressed", each === button)
    fit()
  })
}
frame.addEventListener("load", lead)
if (frame.contentDocument?.readyState === "complete") lead()
new ResizeObserver(fit).observe(box)
dress()
fit()
