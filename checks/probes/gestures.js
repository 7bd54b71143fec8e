// Runs in: any
(S) => {
  // What asks for a movement: words that tell to shake, tilt or swipe; maps; strips of slides; canvases; drag handles.
  const SHAKE =
    /\bschud(den)?\b|\bkantel(en)?\b|draai (uw|je) (telefoon|toestel|scherm)|beweeg (uw|je) (telefoon|toestel)|\bshake\b|\btilt\b/i;
  const SWIPE = /\bveeg\b|\bvegen\b|\bswipe\b|knijp|\bpinch\b|twee vingers|two fingers/i;
  const words = [];
  for (const el of S.all('p,li,span,div,label,button,h1,h2,h3,h4,figcaption', document, 8000)) {
    const own = [...el.childNodes]
      .filter((n) => n.nodeType === Node.TEXT_NODE)
      .map((n) => n.data)
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (
      own.length > 3 &&
      own.length < 300 &&
      (SHAKE.test(own) || SWIPE.test(own)) &&
      S.visible(el) &&
      words.length < 10
    )
      words.push(S.place(el, { text: own.slice(0, 200), kind: SHAKE.test(own) ? 'motion' : 'swipe' }));
  }
  const ZOOM = /zoom|inzoomen|uitzoomen|vergroot|verklein|^\s*[+\u2212-]\s*$/i;
  const maps = S.all(S.MAPS)
    .filter((el) => S.visible(el) && el.getBoundingClientRect().width > 150 && !(S.parent(el) && S.inMap(S.parent(el))))
    .slice(0, 5)
    .map((el) =>
      S.place(el, {
        zoom: S.all('button,a,[role=button]', el.parentElement || el)
          .filter(
            (c) =>
              S.visible(c) && ZOOM.test(`${S.name(c)} ${S.text(c, 10)} ${c.title} ${c.getAttribute('class') || ''}`),
          )
          .slice(0, 4)
          .map((c) => (S.name(c) || S.text(c, 20)).slice(0, 40)),
      }),
    );
  const canvases = S.all('canvas')
    .filter((el) => S.visible(el) && el.getBoundingClientRect().width > 100 && !S.inMap(el))
    .slice(0, 5)
    .map((el) => S.place(el));
  return { words, maps, canvases };
};
