// shortcuts moves through the rows of an officer's list: j and k go down and
// up, the browser's own Enter opens the focused link.
export function shortcuts(table) {
  const links = [...table.querySelectorAll('tbody tr a[data-row]')]
  let at = -1
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest('input, textarea, select')) return
    const step = { j: 1, k: -1, о: 1, л: -1 }[event.key] // the same keys on a Cyrillic layout
    if (!step || !links.length) return
    event.preventDefault()
    at = Math.min(Math.max(at + step, 0), links.length - 1)
    links[at].focus()
  })
}
