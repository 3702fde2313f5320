// The preview beside the form: what stands in the fields right now, as its page. It is asked for a moment after typing stops,
// one question at a time, and nothing of it is kept. It stands in a frame of its own (`srcdoc`, under this page's policy), so
// that the page's style sheets see the width that was chosen; the sandbox keeps it from going anywhere.

import { heed } from "./desk-shortcuts.js"

const AFTER_TYPING = 600
const LOOK_AGAIN = 1_000 // some fields change without a word
const LONGEST_LOAD = 4_000
const TRY_AGAIN = 5_000
const WIDTHS = { phone: 390, desktop: 1280 }
const NOT_SENT = new Set(["csrfmiddlewaretoken", "once", "theirs"])

const button = document.getElementById("desk-beside")
const form = button?.closest("form")
const narrow = matchMedia("(max-width: 64rem)")
const page = document.getElementById("container")

const remember = (name, value) => {
  try {
    localStorage.setItem(name, value)
  } catch {}
}
const remembered = (name) => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

let panel = null
let cameFrom = null
let shown = "" // the fields that the frame shows
let asking = false
let waiting = 0
let notBefore = 0
let width = remembered("desk-beside-width") === "desktop" ? "desktop" : "phone"

const part = (name) => panel.querySelector(name)
const frame = () => part("iframe:not(.is-coming)")

function words() {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("_") || NOT_SENT.has(name) || name.includes("__prefix__")) continue
    if (typeof value === "string") fields.append(name, value)
    else if (value.size) fields.append(name, value.name) // that there is a picture is enough
  }
  return fields.toString()
}

function say(text, alarm) {
  const line = part("[data-state]")
  if (line.textContent !== text) line.textContent = text
  line.toggleAttribute("data-alarm", Boolean(alarm))
}

function soon() {
  clearTimeout(waiting)
  if (panel) waiting = setTimeout(look, AFTER_TYPING)
}

async function look() {
  const typed = panel ? words() : ""
  if (!panel || asking || typed === shown || Date.now() < notBefore) return
  asking = true
  try {
    await ask(typed)
  } catch {
    later("No connection: this is not up to date.")
  }
  asking = false
  if (panel && words() !== typed) soon()
}

async function ask(typed) {
  const answer = await fetch(button.dataset.address, {
    method: "POST",
    body: typed,
    redirect: "manual",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Content-Type": "application/x-www-form-urlencoded" },
  })
  const isData = (answer.headers.get("Content-Type") ?? "").startsWith("application/json")
  const told = isData ? await answer.json() : {}
  if (!panel) return
  if (answer.ok && isData) {
    await show(told.html)
    shown = typed
    complain(told.said)
    say("As it stands in the form.")
  } else later(told.error ?? (answer.type === "opaqueredirect" ? "You are signed out: this is not up to date." : "This is not up to date."))
}

function later(why) {
  notBefore = Date.now() + TRY_AGAIN
  if (panel) say(why, true)
}

function complain(said) {
  const list = part("[data-said]")
  list.hidden = !said.length
  list.replaceChildren(...said.map((text) => Object.assign(document.createElement("li"), { textContent: text })))
}

// The next page is made ready behind the one that is seen, and takes its place at the same height.
async function show(html) {
  const view = part(".desk-beside-view")
  const next = document.createElement("iframe")
  next.title = "Preview of the article"
  next.className = "is-coming"
  next.setAttribute("sandbox", "allow-same-origin allow-scripts")
  next.srcdoc = html
  const loaded = new Promise((done) => next.addEventListener("load", done, { once: true }))
  view.append(next)
  fit()
  await Promise.race([loaded, new Promise((done) => setTimeout(done, LONGEST_LOAD))])
  await Promise.race([next.contentDocument?.fonts.ready, new Promise((done) => setTimeout(done, 500))])
  if (!panel) return
  const former = frame()
  tame(next)
  if (former) next.contentWindow.scrollTo({ top: former.contentWindow.scrollY, behavior: "instant" })
  const wasIn = former && document.activeElement === former
  next.classList.remove("is-coming")
  former?.remove()
  if (wasIn) next.focus()
}

// Links lead nowhere from here, but to notes within the text.
function tame(one) {
  const inside = one.contentDocument
  const stay = (event) => {
    const link = event.target.closest?.("a[href]")
    if (!link) return
    event.preventDefault()
    const address = link.getAttribute("href")
    if (address.startsWith("#")) inside.getElementById(decodeURIComponent(address.slice(1)))?.scrollIntoView()
  }
  inside.addEventListener("click", stay)
  inside.addEventListener("auxclick", stay)
  inside.addEventListener("submit", (event) => event.preventDefault())
  inside.addEventListener("keydown", (event) => (event.key === "Escape" ? close() : heed(event)))
}

function fit() {
  const view = part(".desk-beside-view")
  const scale = Math.min(1, view.clientWidth / WIDTHS[width])
  for (const one of view.querySelectorAll("iframe")) {
    one.style.width = `${WIDTHS[width]}px`
    one.style.height = `${view.clientHeight / scale}px`
    one.style.transform = scale < 1 ? `scale(${scale})` : ""
    one.style.insetInlineStart = `${Math.max(0, (view.clientWidth - WIDTHS[width] * scale) / 2)}px`
  }
}

const sizes = new ResizeObserver(() => panel && fit())

function cover() {
  const covers = panel !== null && narrow.matches
  page.inert = covers
  document.documentElement.classList.toggle("desk-is-covered", covers)
}

function open({ byHand }) {
  cameFrom = document.activeElement
  document.body.append(document.getElementById("desk-beside-panel").content.cloneNode(true))
  panel = document.querySelector(".desk-beside")
  for (const box of panel.querySelectorAll("input")) {
    box.checked = box.value === width
    box.addEventListener("change", () => {
      width = box.value
      remember("desk-beside-width", width)
      fit()
    })
  }
  part("[data-close]").addEventListener("click", close)
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close())
  document.documentElement.classList.add("desk-has-beside")
  button.setAttribute("aria-expanded", "true")
  sizes.observe(part(".desk-beside-view"))
  cover()
  if (byHand) remember("desk-beside", "open")
  if (narrow.matches) part("[data-close]").focus()
  say("The preview is being made.")
  shown = ""
  notBefore = 0
  look()
}

function close() {
  const wasInside = panel.contains(document.activeElement) || narrow.matches
  sizes.disconnect()
  panel.remove()
  panel = null
  document.documentElement.classList.remove("desk-has-beside")
  button.setAttribute("aria-expanded", "false")
  cover()
  remember("desk-beside", "closed")
  if (wasInside) (cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : button).focus()
}

if (form) {
  button.hidden = false
  button.addEventListener("click", () => (panel ? close() : open({ byHand: true })))
  form.addEventListener("input", soon)
  form.addEventListener("change", soon)
  window.django?.jQuery?.(form).on("change", soon) // select2 tells jQuery alone
  setInterval(() => panel && words() !== shown && !asking && soonIfQuiet(), LOOK_AGAIN)
  narrow.addEventListener("change", cover)
  if (remembered("desk-beside") === "open" && !narrow.matches) setTimeout(() => open({ byHand: false }), 0)
}

// While somebody types every key begins the wait anew; a change that nobody told of is found here.
let seen = ""
function soonIfQuiet() {
  const typed = words()
  if (typed === seen) look()
  seen = typed
}
