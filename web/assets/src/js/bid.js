// A bid is sealed in the browser, so that its sum does not leave it. Without scripts
// the form asks the server to do the same, and the page says what it learns then.
const form = document.querySelector('[data-bid]')
const paper = document.getElementById('bid-paper')
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

// As allocation.Seal: lengths in four bytes, the sum in eight, all big endian.
async function sealed(round, name, tiyn, salt) {
  const parts = [new TextEncoder().encode('aiqyn/allocation/bid\n')]
  for (const text of [round, name]) {
    const bytes = new TextEncoder().encode(text)
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length)
    parts.push(length, bytes)
  }
  const sum = new Uint8Array(8)
  new DataView(sum.buffer).setUint32(0, Math.floor(tiyn / 2 ** 32))
  new DataView(sum.buffer).setUint32(4, tiyn % 2 ** 32)
  parts.push(sum, salt)
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  parts.reduce((at, p) => (all.set(p, at), at + p.length), 0)
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)))
}

if (form && paper && window.crypto?.subtle) {
  form.addEventListener('submit', async (event) => {
    const typed = form.elements.amount.value.replace(/[\s\u00a0\u202f]/g, '')
    if (!/^[1-9]\d{0,12}$/.test(typed)) return // the server says what is wrong with it
    event.preventDefault()
    event.stopImmediatePropagation()
    // Less than the least price cannot win; to ask the server would be to tell it the sum.
    const tiyn = typed * 100
    const below = tiyn < form.dataset.least
    form.elements.amount.setAttribute('aria-invalid', below)
    document.getElementById('bid-low').hidden = !below
    if (below) return
    const salt = crypto.getRandomValues(new Uint8Array(32))
    const seal = await sealed(form.dataset.round, form.dataset.name, tiyn, salt)
    const show = (name, text) => (paper.querySelector(`[data-bid-${name}]`).textContent = text)
    show('sum', typed)
    show('salt', hex(salt))
    show('seal', seal)
    paper.querySelector('[name="seal"]').value = seal
    const text = [form.dataset.round, form.dataset.name, `tenge ${typed}`, `salt ${hex(salt)}`, `seal ${seal}`, ''].join('\n')
    const link = paper.querySelector('[data-bid-file]')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    link.download = form.dataset.file
    form.elements.amount.value = ''
    paper.hidden = false
    paper.focus()
  })
}
