// Style sheets and scripts that did not load, told afterwards: resolves to [[kind, address], …]. A server elsewhere tells no status of
// what a page takes from it; that is asked for once more, ahead of a use that never comes: what is there comes out of the cache.
(() => {
  const asked = (kind, address) =>
    new Promise((done) => {
      const link = Object.assign(document.createElement('link'), {
        rel: 'preload',
        as: kind === 'script' ? 'script' : 'style',
        href: address,
      });
      const say = (failed) => {
        link.remove();
        done(failed);
      };
      link.onload = () => say(false);
      link.onerror = () => say(true);
      setTimeout(say, 3000, false);
      document.head.append(link);
    });
  const sheets = new Set([...document.querySelectorAll('link[rel~=stylesheet i][href]')].map((link) => link.href));
  const missed = performance
    .getEntriesByType('resource')
    .slice(0, 300)
    .flatMap((entry) => {
      const kind = entry.initiatorType === 'script' ? 'script' : sheets.has(entry.name) ? 'stylesheet' : '';
      if (!kind || !/^http/.test(entry.name)) return [];
      const told = entry.responseStatus || new URL(entry.name).origin === location.origin;
      const failed = told
        ? entry.responseStatus >= 400 || !(entry.responseStatus || entry.decodedBodySize || entry.transferSize)
        : asked(kind, entry.name);
      return [Promise.resolve(failed).then((yes) => (yes ? [[kind, entry.name]] : []))];
    });
  return Promise.all(missed).then((found) => found.flat().slice(0, 100));
})();
