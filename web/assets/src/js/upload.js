// Sends a file as soon as it is chosen, by tus 1.0: when the connection is lost it
// goes on where it stopped. Without this script the file goes along with its form.
const tus = { 'Tus-Resumable': '1.0.0' }
const waits = [1000, 2000, 5000, 10000, 20000]

class Upload {
  constructor(box) {
    this.box = box
    this.input = box.querySelector('input[type="file"]')
    this.kept = box.querySelector('input[type="hidden"]')
    this.way = box.querySelector('.upload__way')
    this.bar = box.querySelector('progress')
    this.text = box.querySelector('.upload__say')
    this.pause = box.querySelector('[data-pause]')
    this.on = box.querySelector('[data-on]')
    this.input.addEventListener('change', () => this.choose())
    this.pause.addEventListener('click', () => this.stop())
    this.on.addEventListener('click', () => this.run())
    window.addEventListener('online', () => this.lost && this.run())
  }

  say(text) { this.text.textContent = text }

  choose() {
    this.stop()
    this.file = this.input.files[0]
    this.address = undefined
    this.tries = 0
    this.kept.value = ''
    this.way.hidden = !this.file
    this.box.querySelector('.upload__kept')?.remove()
    if (this.file) this.run()
  }

  stop() {
    clearTimeout(this.timer)
    this.request?.abort()
    this.request = undefined
    this.show(false)
    this.say(this.box.dataset.paused)
  }

  show(running) {
    this.pause.hidden = !running
    this.on.hidden = running
  }

  async run() {
    clearTimeout(this.timer)
    this.lost = false
    this.show(true)
    this.say(this.box.dataset.sending)
    try {
      await this.send(this.address ? await this.where() : await this.begin())
    } catch (problem) {
      this.failed(problem)
    }
  }

  async ask(address, method, headers) {
    const answer = await fetch(address, { method, headers: { ...tus, ...headers } })
    if (!answer.ok) throw await said(answer.status, () => answer.json())
    return answer
  }

  async begin() {
    const answer = await this.ask(this.box.dataset.upload, 'POST', { 'Upload-Length': String(this.file.size) })
    this.address = answer.headers.get('Location')
    return 0
  }

  async where() {
    const answer = await this.ask(this.address, 'HEAD', {})
    return Number(answer.headers.get('Upload-Offset'))
  }

  // XMLHttpRequest and not fetch: it tells how much has gone.
  send(offset) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest()
      this.request = request
      request.open('PATCH', this.address)
      const headers = { ...tus, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }
      Object.keys(headers).forEach((name) => request.setRequestHeader(name, headers[name]))
      request.upload.addEventListener('progress', (event) => this.progress(offset + event.loaded))
      request.addEventListener('abort', () => done())
      request.addEventListener('error', () => fail({ status: 0 }))
      request.addEventListener('load', () => {
        if (request.status !== 204) return said(request.status, () => JSON.parse(request.responseText)).then(fail)
        const hash = request.getResponseHeader('Upload-Hash')
        hash ? this.finish(hash) : fail({ status: 0 })
        done()
      })
      request.send(this.file.slice(offset))
    })
  }

  progress(sent) {
    const percent = Math.floor(100 * sent / this.file.size)
    this.bar.value = percent
    this.say(percent < 100 ? `${this.box.dataset.sending} · ${percent} %` : this.box.dataset.checking)
  }

  finish(hash) {
    this.kept.value = hash
    this.input.value = '' // it is there already: the form need not send it again
    this.bar.value = 100
    this.pause.hidden = this.on.hidden = true
    this.say(`${this.box.dataset.sent} · ${this.file.name}`)
  }

  // What the server refuses is said; what was lost is tried again.
  failed(problem) {
    if (problem.status === 404) this.address = undefined
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 404 && problem.status !== 409 && problem.status !== 429) {
      this.way.hidden = false
      this.pause.hidden = this.on.hidden = true
      this.input.value = ''
      return this.say(problem.title)
    }
    this.lost = true
    this.show(false)
    this.say(this.box.dataset.lost)
    this.timer = setTimeout(() => this.run(), waits[Math.min(this.tries++, waits.length - 1)])
  }
}

const said = async (status, read) => {
  try {
    return { status, title: (await read()).title }
  } catch {
    return { status, title: '' }
  }
}

document.querySelectorAll('[data-upload]').forEach((box) => new Upload(box))
