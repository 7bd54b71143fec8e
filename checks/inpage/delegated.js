// Handlers that frameworks keep on elements themselves, as JSON text {total, found: [[index in document order, type, via]]}.
// Runs in the page's own world, the only one that sees them; the caller checks what comes back, since the page may lie.
(() => {
  const all = [...document.querySelectorAll('*')].slice(0, 15000);
  const at = new Map(all.map((el, i) => [el, i]));
  const found = [];
  const add = (el, type, via) => {
    if (at.has(el) && found.length < 3000) found.push([at.get(el), type, via]);
  };
  for (const el of [document, ...all]) {
    for (const key of Object.keys(el)) {
      if (key.startsWith('__reactProps$') || key.startsWith('__reactEventHandlers$')) {
        for (const prop of Object.keys(el[key] || {})) {
          if (/^on[A-Z]/.test(prop) && typeof el[key][prop] === 'function')
            add(
              el,
              prop
                .slice(2)
                .replace(/Capture$/, '')
                .toLowerCase(),
              'react',
            );
        }
      } else if (key.startsWith('$$') && typeof el[key] === 'function') add(el, key.slice(2), 'solid');
      else if (/^__(click|mousedown|mouseup|pointerdown|pointerup|keydown|keyup|touchstart)$/.test(key))
        add(el, key.slice(2), 'svelte');
      else if (/^jQuery\d/.test(key) && el[key] && el[key].events) {
        for (const [type, handlers] of Object.entries(el[key].events)) {
          for (const handler of [...handlers].slice(0, 50)) {
            if (!handler.selector) continue;
            try {
              for (const inner of [...el.querySelectorAll(handler.selector)].slice(0, 100)) add(inner, type, 'jquery');
            } catch (e) {
              /* jQuery's own selectors */
            }
          }
        }
      }
    }
  }
  return JSON.stringify({ total: all.length, found });
})();
