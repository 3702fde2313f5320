// Suggests tags that are there already while one is typed. ARIA combobox: arrows choose, Enter takes, Escape closes.

const input = document.getElementById("id_tags")

function start(input) {
  const list = document.createElement("ul")
  list.id = "desk-tags-list"
  list.className = "desk-suggestions"
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", "Tags that are there already")
  list.hidden = true
  input.after(list)
  const facts = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }
  for (const [name, value] of Object.entries(facts)) input.setAttribute(name, value)

  let at = -1
  let asked = 0

  const typed = () => input.value.slice(0, input.selectionStart).split(",").pop().trim()

  const close = () => {
    list.hidden = true
    at = -1
    input.setAttribute("aria-expanded", "false")
    input.removeAttribute("aria-activedescendant")
  }

  const mark = (to) => {
    const options = [...list.children]
    at = (to + options.length) % options.length
    options.forEach((option, number) => option.setAttribute("aria-selected", number === at))
    input.setAttribute("aria-activedescendant", options[at].id)
  }

  const take = (name) => {
    const before = input.value.slice(0, input.selectionStart)
    const after = input.value.slice(input.selectionStart).replace(/^[^,]*,?\s*/, "")
    const kept = before.slice(0, before.lastIndexOf(",") + 1)
    const quoted = name.includes(",") ? `"${name}"` : name
    input.value = `${kept}${kept ? " " : ""}${quoted}, ${after}`
    input.setSelectionRange(input.value.length - after.length, input.value.length - after.length)
    input.dispatchEvent(new Event("change", { bubbles: true }))
    close()
  }

  const show = (names) => {
    list.replaceChildren(
      ...names.map((name, number) => {
        const option = document.createElement("li")
        option.id = `desk-tag-${number}`
        option.setAttribute("role", "option")
        option.setAttribute("aria-selected", "false")
        option.textContent = name
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault()
          take(name)
        })
        return option
      }),
    )
    if (!names.length) return close()
    list.hidden = false
    at = -1
    input.setAttribute("aria-expanded", "true")
  }

  const suggest = async () => {
    const words = typed()
    if (!words) return close()
    const mine = ++asked
    const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: words })}`).catch(() => null)
    if (!answer?.ok || mine !== asked) return
    const there = new Set(input.value.toLowerCase().split(",").map((name) => name.trim()))
    show((await answer.json()).names.filter((name) => !there.has(name.toLowerCase()) || name.toLowerCase() === words.toLowerCase()))
  }

  let wait
  input.addEventListener("input", () => {
    clearTimeout(wait)
    wait = setTimeout(suggest, 120)
  })
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return
    if (event.key === "ArrowDown") mark(at + 1)
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1)
    else if (event.key === "Enter" && at >= 0) take(list.children[at].textContent)
    else if (event.key === "Escape") close()
    else return
    event.preventDefault()
  })
  input.addEventListener("blur", close)
}

// “Tags in this text”: names of tags, and their synonyms, that the words of the form hold. Asked for by a button; each
// is added by one.
function find(input) {
  const form = input.form
  const row = document.createElement("div")
  row.className = "desk-found"
  const ask = Object.assign(document.createElement("button"), { type: "button", className: "desk-button", textContent: "Tags in this text" })
  const told = document.createElement("span")
  told.setAttribute("role", "status")
  const found = document.createElement("span")
  found.className = "desk-found"
  row.append(ask, told, found)
  ;(input.closest(".form-row") ?? input.parentElement).append(row)

  const carried = () => new Set(input.value.toLowerCase().split(",").map((name) => name.trim().replace(/^"|"$/g, "")))

  const add = (name, button) => {
    const kept = input.value.trim().replace(/,$/, "")
    input.value = `${kept}${kept ? ", " : ""}${name.includes(",") ? `"${name}"` : name}`
    input.dispatchEvent(new Event("change", { bubbles: true }))
    button.remove()
    told.textContent = `${name} is added.`
    ;(found.firstElementChild ?? ask).focus()
  }

  ask.addEventListener("click", async () => {
    const words = new FormData()
    for (const name of ["headline", "standfirst", "body"]) words.set(name, form.elements[name]?.value ?? "")
    words.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    const answer = await fetch(input.dataset.found, { method: "POST", body: words }).catch(() => null)
    if (!answer?.ok) {
      told.textContent = "That did not work. Try it again."
      return
    }
    const there = carried()
    const names = (await answer.json()).names.filter((name) => !there.has(name.toLowerCase()))
    told.textContent = names.length ? "Add:" : "No further tag is named in it."
    found.replaceChildren(
      ...names.map((name) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "desk-button", textContent: name })
        button.addEventListener("click", () => add(name, button))
        return button
      }),
    )
  })
}

if (input?.dataset.suggest) start(input)
if (input?.dataset.found) find(input)
