// What a newsroom's text has besides paragraphs: pull quotes, fact boxes, embeds, notes. As articles/richtext.py keeps them.

import * as prose from "django-prose-editor/editor"

function button(label, title) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "prose-menubar__button desk-word"
  made.textContent = label
  made.title = title
  made.setAttribute("aria-label", title)
  return made
}

function box(name, element, content, label, title) {
  return prose.Node.create({
    name,
    group: "block",
    content,
    defining: true,
    parseHTML: () => [{ tag: `aside.${element}` }],
    renderHTML: () => ["aside", { class: element }, 0],
    addMenuItems({ menu }) {
      menu.defineItem({
        name,
        groups: "nodes",
        button: button(label, title),
        command: (editor) => editor.chain().focus().toggleWrap(name).run(),
        enabled: (editor) => editor.isActive(name) || editor.can().toggleWrap(name),
        active: (editor) => editor.isActive(name),
      })
    },
  })
}

export const PullQuote = box("pullQuote", "pull-quote", "paragraph+", "Pull quote", "pull quote")
const IN_A_BOX = "(paragraph | heading | bulletList | orderedList | blockquote | table | figure)+"
export const FactBox = box("factBox", "fact-box", IN_A_BOX, "Fact box", "fact box")

// The words of a note stand where its number will be.
export const Footnote = prose.Mark.create({
  name: "footnote",
  priority: 1100, // a link in a note, never a note in a link
  parseHTML: () => [{ tag: "span.footnote" }],
  renderHTML: () => ["span", { class: "footnote" }, 0],
  addKeyboardShortcuts() {
    return { "Mod-Alt-f": () => this.editor.commands.toggleMark(this.name) }
  },
  addMenuItems({ menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "marks",
      priority: 10,
      button: button("Note", "note at the end of the text (Ctrl Alt F)"),
      command: (editor) => editor.chain().focus().toggleMark("footnote").run(),
      active: (editor) => editor.isActive("footnote"),
    })
  },
})

// Which addresses are players and posts. The server has the last word (articles/embeds.py), and sees to those it is not told of.
const KNOWN = [
  [/^https:\/\/(www\.|m\.|music\.)?youtube\.com\/(watch\?(.*&)?v=|shorts\/|live\/|embed\/)[\w-]{6,20}/, "Video", "YouTube"],
  [/^https:\/\/youtu\.be\/[\w-]{6,20}/, "Video", "YouTube"],
  [/^https:\/\/(www\.|player\.)?vimeo\.com\/(video\/|channels\/[\w-]+\/)?\d{5,12}(\/[0-9a-f]{6,20})?\/?(\?|$)/, "Video", "Vimeo"],
  [/^https:\/\/(www\.)?soundcloud\.com\/[\w-]+\/(sets\/)?[\w-]+(\/s-\w+)?\/?(\?|$)/, "Sound", "SoundCloud"],
  [/^https:\/\/www\.openstreetmap\.org\/(export\/embed\.html\?|node\/|way\/|relation\/|directions|$|#|\?)/, "Map", "OpenStreetMap"],
  [/^https:\/\/(www\.)?(datawrapper\.dwcdn\.net\/|datawrapper\.de\/_\/)\w{5}(\/|$)/, "Chart", "Datawrapper"],
  [/^https:\/\/bsky\.app\/profile\/[\w.:-]+\/post\/\w+/, "Post", "Bluesky"],
  [/^https:\/\/[\w.-]+\/@\w[\w.-]*(@[\w.-]+)?\/\d{10,20}\/?$/, "Post", "Mastodon"],
]

export function embedOf(address, peertube = []) {
  if (!/^https:\/\/\S+$/.test(address)) return null
  const known = KNOWN.find(([pattern]) => pattern.test(address))
  if (known) return { href: address, title: `${known[1]} at ${known[2]}`, caption: "" }
  const { host, pathname } = new URL(address)
  if (!peertube.includes(host) || !/^\/(w|videos\/watch|videos\/embed)\/[\w-]{8,40}\/?$/.test(pathname)) return null
  return { href: address, title: "Video at PeerTube", caption: "" }
}

const ASKED = { href: { type: "string", title: "Address" }, title: { type: "string", title: "Title for readers" } }

async function ask(editor) {
  const given = editor.isActive("embed") ? editor.getAttributes("embed") : { href: "", title: "" }
  const asked = await prose.updateAttrsDialog(ASKED, { title: "Video, sound, post or map", submitText: "Insert" })(editor, given)
  const href = asked?.href?.trim()
  if (!href) return
  const title = asked.title?.trim() || embedOf(href, peertubeOf(editor))?.title || href
  const attrs = { ...given, href, title }
  if (editor.isActive("embed")) editor.chain().focus().updateAttributes("embed", attrs).run()
  else editor.chain().focus().insertContent({ type: "embed", attrs }).run()
}

export function peertubeOf(editor) {
  return editor.extensionManager.extensions.find((extension) => extension.name === "embed")?.options.peertube ?? []
}

export const Embed = prose.Node.create({
  name: "embed",
  group: "block",
  atom: true,
  draggable: true,
  priority: 1000, // before a figure with a picture
  addOptions: () => ({ peertube: [] }),
  addAttributes() {
    const read = (get) => ({ default: "", parseHTML: (figure) => get(figure)?.trim() ?? "", renderHTML: () => ({}) })
    return {
      href: read((figure) => figure.querySelector("a")?.getAttribute("href")),
      title: read((figure) => figure.querySelector("a")?.textContent),
      caption: read((figure) => figure.querySelector("figcaption")?.textContent),
    }
  },
  parseHTML: () => [{ tag: "figure.embed", priority: 100 }],
  renderHTML: ({ node: { attrs } }) => {
    const caption = attrs.caption ? [["figcaption", attrs.caption]] : []
    return ["figure", { class: "embed" }, ["a", { href: attrs.href }, attrs.title], ...caption]
  },
  // A link in an editor would lead away from it: it is told in words.
  addNodeView: () => ({ node: { attrs } }) => {
    const dom = document.createElement("figure")
    dom.className = "embed"
    dom.contentEditable = "false"
    for (const [name, words] of Object.entries({ "embed-title": attrs.title, "embed-address": attrs.href, "embed-caption": attrs.caption })) {
      const line = document.createElement("p")
      line.className = name
      line.textContent = words
      if (words) dom.append(line)
    }
    return { dom }
  },
  addMenuItems({ menu }) {
    menu.defineItem({
      name: "embed",
      groups: "nodes",
      button: button("Embed", "embed: video, sound, post or map"),
      command: (editor) => void ask(editor),
      active: (editor) => editor.isActive("embed"),
    })
  },
})

// The address of a player, pasted into an empty paragraph, is the player.
export function pastedEmbed(view, event, peertube) {
  const { selection, schema } = view.state
  const found = embedOf(event.clipboardData?.getData("text/plain").trim() ?? "", peertube)
  const { parent } = selection.$from
  if (!found || !schema.nodes.embed || !selection.empty || parent.type.name !== "paragraph" || parent.content.size) return false
  const embed = schema.nodes.embed.create(found)
  const { $from } = selection
  if (!$from.node(-1).canReplaceWith($from.index(-1), $from.indexAfter(-1), schema.nodes.embed)) return false
  const tr = view.state.tr.replaceWith($from.before(), $from.after(), [embed, schema.nodes.paragraph.create()])
  view.dispatch(tr.scrollIntoView())
  return true
}
