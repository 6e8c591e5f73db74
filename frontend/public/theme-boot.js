// Runs before the first paint, as a file of its own so that the content security policy needs no inline script.
;(() => {
  let mode = 'system'
  try {
    mode = localStorage.getItem('recado.theme') || 'system'
  } catch {
    // Storage is off: follow the system.
  }
  const dark = mode === 'dark' || (mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
