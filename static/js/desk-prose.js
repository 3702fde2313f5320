// The text editor of the desk: every textarea with data-desk-prose becomes one. What its schema knows is what
// articles/richtext.py lets in, so that a text imported or written elsewhere survives being opened and saved.

import * as prose from "django-prose-editor/editor"
import { goOnUnder } from "./desk-after.js"
import { Embed, FactBox, Footnote, PullQuote, pastedEmbed, peertubeOf } from "./desk-parts.js"
import { cleanPasted } from "./desk-paste.js"

// A picture may lead somewhere. It is a block here, and blocks carry no marks: the link is an attribute of it.
const Image = prose.Image.extend({
  addAttributes() {
    const href = { default: null, parseHTML: (img) => img.closest("a")?.getAttribute("href"), renderHTML: () => ({}) }
    return { ...this.parent?.(), href }
  },
  renderHTML({ node, HTMLAttributes }) {
    const img = ["img", HTMLAttributes]
    return node.attrs.href ? ["a", { href: node.attrs.href }, img] : img
  },
})

const Figure = prose.Figure.extend({
  content: "(image+ | table | figure+ | blockquote | codeBlock)? caption?",
  addAttributes: () => ({}),
  parseHTML: () => [{ tag: "figure" }],
  renderHTML: () => ["figure", 0],
  addNodeView: () => null,
})

const Caption = prose.Caption.extend({
  addAttributes: () => ({}),
  renderHTML: () => ["figcaption", 0],
})

const TOOLBAR = ["headings", "lists", "nodes -blockType -lists -headings", "marks", "link", "table", "history", "utility"]

const Menu = prose.Menu.configure({
  items: ({ editor, buttons, menu }) =>
    TOOLBAR.map((group) => menu.buttonGroup({ editor, buttons }, menu.items(group))).filter((dom) => dom.children.length),
})

const ALWAYS = ["Document", "Paragraph", "Text", "Dropcursor", "Gapcursor", "History", "TableRow", "TableHeader", "TableCell"]
const OURS = { Image, Figure, Caption, PullQuote, FactBox, Embed, Footnote }

function extensionsFor(wanted) {
  const chosen = Object.entries(wanted).map(([name, options]) => {
    const extension = OURS[name] || prose[name]
    return typeof options === "object" ? extension.configure(options) : extension
  })
  return [...ALWAYS.map((name) => prose[name]), Menu, ...chosen]
}

// HTML as one would write it by hand: no paragraph round a cell's or an item's only text, header rows in <thead>.
function tidy(html) {
  const page = document.createElement("template")
  page.innerHTML = html
  for (const cell of page.content.querySelectorAll("td, th, li")) {
    const first = cell.firstElementChild
    if (first?.tagName === "P" && (cell.children.length === 1 || (cell.tagName === "LI" && /^[UO]L$/.test(first.nextElementSibling?.tagName)))) {
      first.replaceWith(...first.childNodes)
    }
    for (const name of ["colspan", "rowspan"]) if (cell.getAttribute(name) === "1") cell.removeAttribute(name)
  }
  for (const list of page.content.querySelectorAll("ol")) list.removeAttribute("data-type")
  for (const link of page.content.querySelectorAll('a[title=""]')) link.removeAttribute("title")
  for (const paragraph of page.content.querySelectorAll("p:empty")) paragraph.remove()
  for (const table of page.content.querySelectorAll("table")) tidyTable(table)
  return page.innerHTML
}

function tidyTable(table) {
  const body = table.querySelector("tbody")
  const isHead = (row) => row && [...row.children].every((cell) => cell.tagName === "TH")
  const head = document.createElement("thead")
  while (isHead(body?.firstElementChild)) head.append(body.firstElementChild)
  if (head.children.length) body.before(head)
  if (body && !body.children.length) body.remove()
}

function labelOf(textarea) {
  return textarea.labels?.[0]?.textContent.replace(/[:\s]+$/, "").trim() || textarea.name
}

function dress(element, editor, label) {
  const bar = element.querySelector(".prose-menubar")
  if (!bar) return
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", `${label}: format`)
  const tell = () => {
    for (const button of bar.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button.classList.contains("active"))
      button.setAttribute("aria-disabled", button.classList.contains("disabled"))
    }
  }
  editor.on("transaction", () => queueMicrotask(tell)) // after the menu has set its classes
  queueMicrotask(tell)
}

function edit(textarea) {
  if (textarea.closest(".prose-editor")) return
  const label = labelOf(textarea)
  const element = document.createElement("div")
  element.className = "prose-editor"
  textarea.before(element)
  element.append(textarea)
  const editor = new prose.Editor({
    element,
    extensions: extensionsFor(JSON.parse(textarea.dataset.deskProse)),
    content: textarea.value,
    injectCSS: false, // desk.css has these rules: the page's policy takes no <style>
    editable: !textarea.disabled,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, spellcheck: "true" },
      transformPastedHTML: cleanPasted,
      handlePaste: (view, event) => pastedEmbed(view, event, peertubeOf(textarea.deskEditor)),
    },
    onCreate: ({ editor }) => dress(element, editor, label),
    onUpdate: ({ editor }) => {
      textarea.value = tidy(editor.getHTML())
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
    onTransaction: goOnUnder,
  })
  textarea.deskEditor = editor
}

for (const textarea of document.querySelectorAll("textarea[data-desk-prose]:not([id*=__prefix__])")) edit(textarea)
document.addEventListener("formset:added", (event) => {
  for (const textarea of event.target.querySelectorAll("textarea[data-desk-prose]")) edit(textarea)
})
