// Lighthouse on many pages in one Chromium, for the tests of pages: reads a line
// {"url", "cookie"} for each on standard input, and writes a line of what it found.
//
//	CHROME_PATH=/usr/bin/chromium node lighthouse.mjs < pages
import { createInterface } from 'node:readline'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'

const chrome = await launch({
  logLevel: 'silent',
  chromeFlags: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
})
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { url, cookie } = JSON.parse(line)
    const { lhr } = await lighthouse(url, {
      port: chrome.port, logLevel: 'silent', output: 'json', onlyCategories: ['accessibility', 'best-practices'],
      // How fast it is, is measured elsewhere: it is waited for the page, and no longer.
      throttlingMethod: 'simulate', pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 500, cpuQuietThresholdMs: 0,
      disableFullPageScreenshot: true,
      extraHeaders: cookie ? { Cookie: cookie } : {},
    })
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`)
    console.log(JSON.stringify({
      url, at: lhr.finalDisplayedUrl,
      scores: Object.fromEntries(Object.entries(lhr.categories).map(([name, c]) => [name, c.score])),
      failed: Object.values(lhr.audits).filter((a) => a.score !== null && a.score < 1).map((a) => `${a.id}: ${a.title}`),
    }))
  }
} finally {
  await chrome.kill()
}
