// Draws all letters in one colour (`argument.color`; none: as they were) by a constructed style sheet in every open root, and brings
// animations and videos to rest. Only in laboratories: it changes the page.
(S, argument) => {
  const roots = [
    document,
    ...S.all('*', document, 20000)
      .filter((el) => el.shadowRoot)
      .map((el) => el.shadowRoot),
  ];
  for (const root of roots)
    root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter(
      (sheet) => !(globalThis.LETTERS || []).includes(sheet),
    );
  const css =
    '*,*::before,*::after{transition:none!important;caret-color:transparent!important;scroll-behavior:auto!important}' +
    (argument.color
      ? `*,*::before,*::after,*::placeholder,*::first-line,*::first-letter{-webkit-text-fill-color:${argument.color}!important}`
      : '') +
    (argument.extra || '');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  globalThis.LETTERS = [sheet];
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  if (argument.rest) {
    for (const animation of document.getAnimations()) {
      try {
        animation.finish();
      } catch {
        animation.pause();
      }
    }
    for (const video of document.querySelectorAll('video,audio')) video.pause();
  }
  return document.documentElement.offsetWidth;
};
