// Signing with NCALayer, the program of Kazakhstan's certification authority
// that runs on the person's own computer. Without it, or without scripts, the page
// offers the document as a file.
const address = 'wss://127.0.0.1:13579/'
const patience = 5000 // for it to answer at all; the person may take their time

const box = document.querySelector('[data-ncalayer]')
const form = document.getElementById('sign')
if (box && form && 'WebSocket' in window) {
  const tell = (name) => ['absent', 'failed'].forEach((n) => (box.querySelector(`[data-${n}]`).hidden = n !== name))
  box.hidden = false
  box.querySelector('button').addEventListener('click', (event) => {
    const button = event.target
    button.disabled = true
    tell('')
    let asked = false
    let over = false
    const end = (name) => {
      if (over) return
      over = true
      clearTimeout(late)
      button.disabled = false
      tell(name)
      socket.close()
    }
    const socket = new WebSocket(address)
    const late = setTimeout(() => end('absent'), patience)
    for (const gone of ['error', 'close']) socket.addEventListener(gone, () => end(asked ? 'failed' : 'absent'))
    socket.addEventListener('open', () => {
      clearTimeout(late)
      asked = true
      socket.send(JSON.stringify({
        module: 'kz.gov.pki.knca.basics', method: 'sign',
        args: {
          format: 'cms', data: box.dataset.ncalayer, locale: document.documentElement.lang,
          signingParams: { decode: true, encapsulate: false, digested: false, tsaProfile: {} },
          signerParams: { extKeyUsageOids: ['1.3.6.1.5.5.7.3.4'] },
        },
      }))
    })
    socket.addEventListener('message', (answer) => {
      let said
      try { said = JSON.parse(answer.data) } catch { return end('failed') }
      if (said.result && !('status' in said)) return // its version, told on opening
      const signed = said.status && said.body?.result
      const text = Array.isArray(signed) ? signed[0] : signed
      if (typeof text !== 'string' || !text) return end('failed')
      end('')
      form.elements['cms-text'].value = text
      form.requestSubmit(form.querySelector('button[value="upload"]'))
    })
  })
}
