// What word processors, Google Docs and web pages leave in what is pasted, taken out or turned into what it means.
// articles/pasting.py does the same on the server, for whoever posts HTML.

const TRACKING = /^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|mkt_tok|_hsenc|_hsmi|ref_src|yclid)$/i
const RENAMED = { B: "strong", I: "em", DEL: "s", STRIKE: "s", H5: "h4", H6: "h4", H1: "h2" }
const MEANS = [
  ["strong", /(?<![\w-])font-weight:\s*(bold|bolder|[6-9]00)/i],
  ["em", /(?<![\w-])font-style:\s*(italic|oblique)/i],
  ["s", /text-decoration[^;:]*:[^;]*line-through/i],
  ["sup", /vertical-align:\s*super/i],
  ["sub", /vertical-align:\s*sub(?!\w)/i],
]
const PLAIN = /(?<![\w-])font-(weight|style):\s*(normal|400)/i
const BOXES = "div, section, article, main, center, header, footer"
const BLOCKS = `p, h1, h2, h3, h4, h5, h6, ul, ol, dl, blockquote, pre, table, figure, hr, aside, nav, ${BOXES}`
const ORDERED = /^[\s(]*(\d{1,3}|[a-z]{1,4})[.)]/i

const style = (element) => element.getAttribute("data-style") ?? ""
const drop = (element) => element.replaceWith(...element.childNodes)
const all = (root, names) => [...root.querySelectorAll(names)]

function rename(element, name) {
  const other = element.ownerDocument.createElement(name)
  other.append(...element.childNodes)
  element.replaceWith(other)
  return other
}

export function cleanPasted(html) {
  if (html.includes("<!--StartFragment-->")) html = html.split("<!--StartFragment-->")[1].split("<!--EndFragment-->")[0]
  // Under other names: the page's policy takes no inline style or script, not even in a document that nobody shows.
  html = html.replace(/<!\[(if|endif)[^>]*>|<(style|script)\b[^]*?<\/\2>/gi, "")
  html = html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on[a-z]+)\s*=/gi, " data-$1="))
  const { body } = new DOMParser().parseFromString(html, "text/html")
  silence(body)
  links(body)
  lists(body)
  names(body)
  styles(body)
  boxes(body)
  spaces(body)
  return body.innerHTML
}

function silence(root) {
  for (const element of all(root, "style, script, title, meta, link, xml")) element.remove()
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_COMMENT)
  const comments = []
  while (walker.nextNode()) comments.push(walker.currentNode)
  for (const comment of comments) comment.remove()
}

export function withoutTracking(address) {
  if (!/^https?:\/\//i.test(address)) return address
  let url
  try {
    url = new URL(address)
  } catch {
    return address
  }
  if (url.host === "www.google.com" && url.pathname === "/url") {
    const aim = url.searchParams.get("q") ?? ""
    return /^https?:\/\//.test(aim) ? withoutTracking(aim) : address
  }
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name))
  for (const name of tracking) url.searchParams.delete(name)
  return tracking.length ? url.href : address
}

function links(root) {
  for (const link of all(root, "a")) {
    const address = link.getAttribute("href")
    for (const name of ["target", "rel", "class"]) link.removeAttribute(name)
    if (address) link.setAttribute("href", withoutTracking(address))
    else drop(link)
  }
}

function takeMarker(paragraph) {
  const span = all(paragraph, "span").find((each) => /mso-list:\s*ignore/i.test(style(each)))
  const words = span?.textContent ?? ""
  span?.remove()
  return words
}

// Word's paragraphs that only look like a list become one.
function lists(root) {
  let open = []
  let last = null
  for (const paragraph of all(root, "p")) {
    const level = /mso-list:[^;]*\blevel(\d)/i.exec(style(paragraph))
    if (!level) continue
    if (!last || paragraph.previousElementSibling !== last) open = []
    const depth = Math.min(Number(level[1]), open.length + 1)
    const name = ORDERED.test(takeMarker(paragraph)) ? "ol" : "ul"
    open.length = Math.min(open.length, depth)
    if (open.length < depth) {
      const list = root.ownerDocument.createElement(name)
      if (open.length) (open.at(-1).lastElementChild ?? open.at(-1)).append(list)
      else paragraph.before(list)
      open.push(list)
    }
    const item = rename(paragraph, "li")
    open.at(-1).append(item)
    last = open[0]
  }
}

function names(root) {
  for (const element of all(root, "*")) {
    if (/^[BI]$/.test(element.tagName) && PLAIN.test(style(element))) drop(element)
    else if (RENAMED[element.tagName]) rename(element, RENAMED[element.tagName])
    else if (element.tagName.includes(":") || /^(U|FONT|CENTER)$/.test(element.tagName)) drop(element)
  }
}

// What is bold or slanted only by its style is so by its name. Not in headings, which are bold anyway.
function styles(root) {
  for (const span of all(root, "span[data-style]")) {
    const heading = span.closest("h1, h2, h3, h4")
    const means = heading || !span.textContent.trim() ? [] : MEANS.filter(([, pattern]) => pattern.test(style(span))).map(([name]) => name)
    let inner = span
    for (const name of means) {
      const mark = root.ownerDocument.createElement(name)
      mark.append(...inner.childNodes)
      inner.append(mark)
      inner = mark
    }
    drop(span)
  }
  for (const strong of all(root, ":is(h1, h2, h3, h4, strong) strong")) drop(strong)
}

// A box that holds words is a paragraph; one that holds blocks is nothing.
function boxes(root) {
  for (const box of all(root, BOXES).reverse()) {
    const free = !box.parentElement.closest("p, li, td, th, figcaption, a, span")
    if (free && !box.querySelector(BLOCKS)) rename(box, "p")
    else drop(box)
  }
}

function spaces(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode
    if (!text.parentElement.closest("pre")) text.data = text.data.replace(/[ \t]*[\r\n]+[ \t]*/g, " ").replace(/[ \u00a0]{2,}/g, " ")
  }
  for (const end of all(root, "br")) if (end.className.includes("Apple-interchange-newline") || end.parentElement === root) end.remove()
  for (const element of all(root, "p, h2, h3, h4, strong, em")) {
    if (element.textContent.trim() || element.querySelector("img")) continue
    if (/^(STRONG|EM)$/.test(element.tagName)) drop(element)
    else element.remove()
  }
}
