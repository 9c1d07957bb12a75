// What a page must hold, found by looking at the page itself. Numbers are those
// of the twenty checkables; each function gives a list of what is wrong.
const shown = (e) => e.checkVisibility() && !e.closest('.govuk-visually-hidden') && e.getBoundingClientRect().width > 1
const name = (e) => e.outerHTML.replace(/\s+/g, ' ').slice(0, 90)
const all = (selector) => [...document.querySelectorAll(selector)]
const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary'

// Nothing scrolls sideways, and nothing that may be cut holds more than is seen.
const reflow = (number) => {
  const found = []
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > width) {
    const wide = all('body *').filter((e) => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-scroll, .govuk-visually-hidden'))
    found.push(`${number}: scrolls sideways at ${width} px: ${wide.slice(0, 2).map(name)}`)
  }
  for (const e of all('body *')) {
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'hidden' && e.clientWidth > 1 && shown(e)) found.push(`${number}: text is cut at ${width} px: ${name(e)}`)
  }
  for (const e of all('td[data-label]')) {
    const longest = e.dataset.label.split(/\s+/).reduce((a, b) => (a.length > b.length ? a : b))
    if (getComputedStyle(e).display !== 'grid' || e.firstElementChild === null) continue
    const column = parseFloat(getComputedStyle(e).gridTemplateColumns)
    const pen = document.createElement('canvas').getContext('2d')
    pen.font = getComputedStyle(e, '::before').font
    if (pen.measureText(longest).width > column + 1) found.push(`${number}: the heading "${e.dataset.label}" is broken within a word at ${width} px`)
  }
  return found
}

// No table is wider than the column in which it stands, beyond what may be scrolled in it.
const columns = () => {
  const main = document.querySelector('main'), right = main ? main.getBoundingClientRect().right : document.documentElement.clientWidth
  return all('main table').filter((e) => e.checkVisibility() && !e.closest('.table-scroll, .govuk-visually-hidden') && e.getBoundingClientRect().right > right + 1)
    .slice(0, 2).map((e) => `15: stands out of its column: ${e.tagName}.${e.className} ${e.innerText.slice(0, 60)}`)
}

// What can be pressed is large enough. A mark on a map may be small: the table
// beside the map leads to the same place.
const sizes = (least) =>
  all(targets).filter((e) => {
    const box = (e.closest('.govuk-radios__item') ?? e).getBoundingClientRect()
    const inText = e.tagName === 'A' && getComputedStyle(e).display.startsWith('inline') && box.height < least
    return shown(e) && !inText && !e.closest('svg') && (box.height < least || box.width < least)
  }).map((e) => `15: a target below ${least} px: ${name(e)}`)

// Everything that can be pressed is reached in the order of the page and shows it.
const focus = () => {
  const found = []
  const look = (e) => {
    const label = e.id && document.querySelector(`label[for="${e.id}"]`)
    const styles = [getComputedStyle(e), label && getComputedStyle(label, '::before')].filter(Boolean)
    return styles.map((s) => [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor].join()).join()
  }
  for (const e of all(`${targets}, [tabindex]`).filter(shown)) {
    if (e.tabIndex > 0) found.push(`14: its own place in the order: ${name(e)}`)
    if (e.disabled || e.tabIndex < 0) continue
    const before = look(e)
    e.focus()
    if (document.activeElement !== e) found.push(`14: cannot be focused: ${name(e)}`)
    else if (look(e) === before) found.push(`14: focus is not seen: ${name(e)}`)
    e.blur()
  }
  for (const e of all('main svg, main canvas')) {
    if (!e.closest('[aria-hidden=true]') && !e.getAttribute('aria-label') && !e.querySelector('title')) found.push(`14: a picture without words: ${name(e)}`)
  }
  scrollTo(0, 0)
  return found
}

const language = (lang) => {
  const found = []
  if (document.documentElement.lang !== lang) found.push(`12: the page says it is in ${document.documentElement.lang}`)
  const here = location.pathname + location.search
  for (const a of all('.languages a')) {
    const there = new URL(a.href)
    const same = new URL(here.replace(/^\/../, '/' + a.lang), location)
    if (there.pathname !== same.pathname || [...there.searchParams].sort().join() !== [...same.searchParams].sort().join()) found.push(`12: the switch leads to ${a.href}`)
  }
  if (all('.languages > *').length !== 3) found.push('12: not three languages')
  const text = document.body.innerText
  for (const wrong of ['⟦', '%!', 'undefined', 'NaN', '<no value>']) if (text.includes(wrong)) found.push(`12: "${wrong}" is on the page`)
  return found
}

const structure = () => {
  const found = []
  if (all('h1').length !== 1) found.push(`3: ${all('h1').length} headings of the page`)
  for (const e of all('.tag')) if (['none', '""'].includes(getComputedStyle(e, '::before').content) || !e.textContent.trim()) found.push(`17: a state by colour alone: ${name(e)}`)
  for (const e of all('.govuk-error-summary a')) if (!document.getElementById(e.hash.slice(1))) found.push(`13: leads nowhere: ${name(e)}`)
  for (const e of all('form[method=post]')) if (!e.querySelector('button, input[type=submit]')) found.push(`2: cannot be sent without a script: ${name(e)}`)
  return found
}

// Bytes on the wire and requests, as the browser counted them. A picture, and the
// map that moves in place of one with the program that moves it, is what
// the page is about and no part of its dress, but comes from no other host either.
const weight = (bytes, requests) => {
  const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  const parts = loaded.filter((e) => e.initiatorType !== 'img' && !/^\/tiles\/|\/atlas-\w+\.js$/.test(new URL(e.name).pathname))
  const sum = parts.reduce((n, e) => n + e.encodedBodySize, 0)
  const found = []
  const rest = loaded.filter((e) => !parts.includes(e) && !/^\/tiles\//.test(new URL(e.name).pathname)).reduce((n, e) => n + e.encodedBodySize, 0)
  if (sum + rest > (180 << 10)) found.push(`weight: ${sum + rest} bytes with its map and pictures`)
  for (const e of loaded) if (/^\/tiles\//.test(new URL(e.name).pathname) && e.encodedBodySize > 100 << 10) found.push(`weight: a tile of ${e.encodedBodySize} bytes`)
  if (sum > bytes) found.push(`weight: ${sum} bytes`)
  if (parts.length > requests) found.push(`weight: ${parts.length} requests`)
  for (const e of loaded) if (new URL(e.name).origin !== location.origin) found.push(`weight: another host: ${e.name}`)
  return found
}

const shift = () => new Promise((done) => {
  let sum = 0
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value })).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => done(sum > 0.1 ? [`weight: the page moves while it loads: ${sum}`] : []), 0)
})

// On paper: the page's own content and nothing to press.
const print = () =>
  all('.site nav, .demo-strip, .foot, .trail, .actions, .filter, .pager').filter((e) => e.checkVisibility()).map((e) => `18: is printed: ${name(e)}`)
    .concat(document.querySelector('main h1').checkVisibility() ? [] : ['18: the heading is not printed'])

// Its own look at targets is off by default: sizes(24) asks the same more strictly, and for less.
const axeRun = async (only) => {
  const options = only ? { runOnly: [only] } : {}
  const { violations } = await axe.run(document, { ...options, resultTypes: ['violations'] })
  return violations.flatMap((v) => v.nodes.slice(0, 2).map((n) => `axe ${v.id}: ${n.html.slice(0, 90)} ${n.any.map((c) => c.message).join('; ')}`))
}

// How far two colours of the page are apart, 1 to 21, the first laid over the second.
const channels = (colour) => {
  const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number)
  return [[r, g, b], a]
}
const apart = (colour, ground, opacity = 1) => {
  const [over, alpha] = channels(colour), [under] = channels(ground)
  const seen = over.map((c, i) => c * alpha * opacity + under[i] * (1 - alpha * opacity))
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((n, c, i) => n + c * [0.2126, 0.7152, 0.0722][i], 0)
  const [a, b] = [light(seen), light(under)].sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
}
const ground = () => getComputedStyle(document.body).backgroundColor

// Every line and shape of a drawing is seen on the ground of the page. A code that
// telephones read brings its own ground, and what is hatched has lines over its own.
const drawn = (number) =>
  all('main svg :is(path, rect, circle, line, polyline, polygon)').filter((e) => e.checkVisibility() && !e.closest('.qr, .chart__hatch-ground, defs, pattern, clipPath') && e.getBoundingClientRect().width + e.getBoundingClientRect().height > 1).filter((e) => {
    const s = getComputedStyle(e)
    const whole = [...(function * () { for (let p = e; p && p.tagName !== 'MAIN'; p = p.parentElement) yield p })()].reduce((n, p) => n * getComputedStyle(p).opacity, 1)
    const fill = s.fill === 'none' || s.fill.startsWith('url') ? 1 : apart(s.fill, ground(), s.fillOpacity * whole)
    const stroke = s.stroke === 'none' || s.stroke.startsWith('url') || parseFloat(s.strokeWidth) === 0 ? 1 : apart(s.stroke, ground(), s.strokeOpacity * whole)
    return !s.fill.startsWith('url') && Math.max(fill, stroke) < 3
  }).map((e) => `${number}: drawn and not seen: ${name(e)}`)

// The words of a drawing are seen over what they stand on.
const written = (number) =>
  all('main svg text').filter(shown).filter((e) => {
    const box = e.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2
    const under = [...e.ownerSVGElement.querySelectorAll('rect')].filter((r) => r.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING && !r.closest('defs, pattern')).findLast((r) => {
      const b = r.getBoundingClientRect()
      return b.left <= x && x <= b.right && b.top <= y && y <= b.bottom
    })
    const s = getComputedStyle(e), below = under && getComputedStyle(under)
    const on = below && below.fill !== 'none' && !below.fill.startsWith('url') ? mix(below.fill, ground(), below.fillOpacity) : ground()
    return apart(s.fill, on) < 4.5
  }).map((e) => `${number}: written and not seen: ${name(e)}`)
const mix = (colour, under, opacity) => {
  const [over, alpha] = channels(colour), [below] = channels(under)
  return `rgb(${over.map((c, i) => Math.round(c * alpha * opacity + below[i] * (1 - alpha * opacity))).join()})`
}

// What can be pressed or filled in has an outline or a ground of its own; a link is
// underlined, or stands in a menu.
const edged = (number) =>
  all('main :is(.button, .govuk-input, .govuk-textarea, .govuk-select, .govuk-file-upload), main .govuk-radios__label, main .tag').filter(shown).filter((e) => {
    const s = getComputedStyle(e, e.matches('.govuk-radios__label') ? '::before' : undefined)
    const edge = s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) > 0 && apart(s.borderTopColor, ground()) >= 3
    return !edge && apart(s.backgroundColor, ground()) < 3
  }).map((e) => `${number}: no edge is seen: ${name(e)}`)

// What is chosen, missing or cannot be pressed is told from the rest.
const states = (number) => {
  const found = []
  const styleOf = (e, pseudo) => { const s = getComputedStyle(e, pseudo); return [s.borderTopStyle, s.borderTopWidth, s.borderTopColor, s.borderBottomColor, s.outlineStyle, s.outlineColor, s.color, s.opacity, s.fontWeight].join() }
  const differ = (which, those, rest, pseudo) => {
    const plain = new Set(all(rest).filter(shown).map((e) => styleOf(e, pseudo)))
    for (const e of all(those).filter(shown)) if (plain.has(styleOf(e, pseudo))) found.push(`${number}: ${which} looks like the rest: ${name(e)}`)
  }
  differ('what cannot be pressed', 'main .button:is([disabled], [aria-disabled=true])', 'main .button:not([disabled], [aria-disabled=true])')
  differ('where one is', '.menu [aria-current]', '.menu :is(a, button):not([aria-current])')
  for (const e of all('.govuk-radios__input:checked + .govuk-radios__label').filter(shown)) {
    const s = getComputedStyle(e, '::after')
    if (s.opacity !== '1' || apart(s.borderTopColor, ground()) < 3) found.push(`${number}: what is chosen is not seen: ${name(e)}`)
  }
  for (const e of all('.govuk-form-group--error').filter(shown)) {
    const s = getComputedStyle(e)
    if (parseFloat(s.borderLeftWidth) < 1 || apart(s.borderLeftColor, ground()) < 3 || !e.querySelector('.govuk-error-message')) found.push(`${number}: what is wrong is not seen: ${name(e)}`)
  }
  return found
}

// The mark of the focus is a line that is seen on the ground, and not a shadow alone.
const ringed = (number) => {
  const found = []
  for (const e of all(`${targets}, [tabindex="0"]`).filter(shown).filter((e) => !e.disabled && e.tabIndex >= 0)) {
    e.focus({ focusVisible: true })
    const label = e.id && document.querySelector(`.govuk-radios__label[for="${e.id}"]`)
    const lines = [getComputedStyle(e), label && getComputedStyle(label, '::before')].filter(Boolean)
    if (!lines.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && apart(s.outlineColor, ground()) >= 3)) found.push(`${number}: the focus is not seen: ${name(e)}`)
    e.blur()
  }
  scrollTo(0, 0)
  return found
}

// A map that moves is drawn by a program when its tiles have come: then it has drawn
// something that is seen.
const canvases = async (number) => {
  const seen = (e) => {
    const { data } = e.getContext('2d').getImageData(0, 0, e.width, e.height), colours = new Set()
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])
    return [...colours].some((c) => apart(`rgb(${c >> 16},${(c >> 8) & 255},${c & 255})`, ground()) >= 4.5)
  }
  const found = []
  for (const e of all('main canvas').filter(shown)) {
    let looked = 0
    while (!seen(e) && looked++ < 100) await new Promise((on) => setTimeout(on, 100))
    if (looked > 100) found.push(`${number}: a map on which nothing is seen: ${name(e)}`)
  }
  return found
}
