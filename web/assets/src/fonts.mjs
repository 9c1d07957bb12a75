// Cuts the typeface down to the letters our three languages use. Golos Text
// comes split by script and each split costs a request, so the two small ones
// (the nine letters only Kazakh has, and the tenge sign) go into the style
// sheet itself: their file names end in .inline.woff2.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import subset from 'subset-font'

const range = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('')

const cuts = {
  latin: { of: 'latin', text: range(0x20, 0x7e) + '\u00a0«»–—…’‘“”„·×²°−§←→↑↓•€' },
  cyrillic: { of: 'cyrillic', text: range(0x410, 0x44f) + 'ЁёІіҰұ№' },
  'kazakh.inline': { of: 'cyrillic-ext', text: 'ӘәҒғҚқҢңӨөҮүҺһ' },
  'tenge.inline': { of: 'latin-ext', text: '₸' },
}

mkdirSync('fonts', { recursive: true })
for (const [name, { of, text }] of Object.entries(cuts)) {
  for (const weight of [400, 600]) {
    const whole = `node_modules/@fontsource/golos-text/files/golos-text-${of}-${weight}-normal.woff2`
    const cut = await subset(readFileSync(whole), text, { targetFormat: 'woff2' })
    writeFileSync(`fonts/golos-${weight}-${name}.woff2`, cut)
  }
}
