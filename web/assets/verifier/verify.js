// What the button on the page for receipts does: app.js loads this when it is
// pressed, and the receipt stays in the browser.
const box = document.querySelector('[data-verifier]')
const field = (id) => document.getElementById(id)
const text = (key, args = {}) => {
  const found = box.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? box.querySelector('[data-key="error.internal"]')
  return found.textContent.replace(/\{([a-z]+)\}/g, (hole, name) => args[name] ?? hole)
}

let ready
const load = () => (ready ??= start().catch((err) => { ready = undefined; throw err }))

async function start() {
  const [program] = await Promise.all([fetch(box.dataset.wasm).then((r) => (r.ok ? r.arrayBuffer() : Promise.reject(r.status))), import(box.dataset.exec)])
  // Over plain HTTP browsers do not hash; then the checksum is for people to compare.
  if (globalThis.crypto?.subtle) {
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', program))
    const hex = [...sum].map((b) => b.toString(16).padStart(2, '0')).join('')
    if (hex !== box.dataset.hash) throw new Error('another program than the page names')
  }
  const go = new globalThis.Go()
  const { instance } = await WebAssembly.instantiate(program, go.importObject)
  go.run(instance)
}

function show(kind, title, lines) {
  const panel = document.createElement('div')
  panel.className = `panel panel--${kind}`
  const heading = document.createElement('h3')
  heading.className = 'govuk-heading-s'
  heading.textContent = title
  panel.append(heading, ...lines.map((line) => Object.assign(document.createElement('p'), { textContent: line })))
  field('browser-result').replaceChildren(panel)
}

export async function verify() {
  const file = field('file').files[0]
  const receipt = file ? await file.text() : field('receipt').value
  if (!receipt) return show('bad', text('web.verify.nothing'), [])
  show('plain', text('web.verify.browser.loading'), [])
  try {
    await load()
  } catch {
    return show('bad', text('web.verify.browser.broken'), [])
  }
  const answer = JSON.parse(globalThis.aiqynVerify(receipt, field('verifier-key').value, field('verifier-policy').value))
  if (!answer.holds) return show('bad', text('web.verify.fails'), [text(answer.error, answer.args)])
  const lines = [
    text(`web.verify.browser.${answer.level}`, { origin: answer.origin }),
    text('web.verify.browser.entry', { entry: answer.index, size: answer.size }),
    `${answer.recorded} · ${answer.service} · ${answer.kind}`,
    ...(answer.witnesses ?? []),
  ]
  if (answer.origin.startsWith('practice.')) lines.push(text('web.verify.browser.practice'))
  show('good', text('web.verify.holds'), lines)
}
