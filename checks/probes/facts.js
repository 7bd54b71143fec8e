// Runs in: any
(S) => {
  // What kind of page this is: title, language, headings, landmarks, links, and the signature of its template.
  const hash = (text) => {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return h.toString(16).padStart(8, '0');
  };
  const skeleton = (el, depth) => {
    if (el.matches('main,[role=main]')) return `main.${S.steadyClasses(el).join('.')}`;
    const kids = [...el.children].filter(
      (c) => !['SCRIPT', 'STYLE', 'LINK', 'META', 'TEMPLATE', 'NOSCRIPT'].includes(c.tagName),
    );
    const parts = depth ? [...new Set(kids.slice(0, 40).map((k) => skeleton(k, depth - 1)))] : [];
    return `${el.localName}${el.getAttribute('role') || ''}.${S.steadyClasses(el).join('.')}(${parts.join(',')})`;
  };
  // What a page offers decides with its frame whether a deep look at another page stands for it.
  const features = Object.entries({
    form: 'form input:not([type=hidden]):not([type=search]),form select,form textarea',
    table: 'table',
    media: 'video,audio',
    frame: 'iframe',
    canvas: 'canvas,.leaflet-container',
    opens: '[aria-expanded],details,dialog,[role=tab],[aria-haspopup]',
    moves: 'marquee,[class*=carousel],[class*=slider]',
  })
    .filter(([, css]) => (document.querySelector('main,[role=main]') || document.body || document).querySelector(css))
    .map(([name]) => name);
  const headings = S.all('h1,h2,h3,h4,h5,h6,[role=heading]')
    .filter((el) => S.role(el) === 'heading')
    .slice(0, 300);
  const links = S.all('a[href],area[href]').slice(0, 3000);
  const landmarks = S.all(
    'main,nav,header,footer,aside,[role=main],[role=navigation],[role=banner],[role=contentinfo],[role=complementary],[role=search]',
  ).slice(0, 60);
  return {
    title: document.title.slice(0, 500),
    hasTitle: Boolean(document.querySelector('title')),
    lang: document.documentElement.getAttribute('lang') || '',
    contentType: document.contentType,
    root: document.documentElement.localName,
    viewport: (document.querySelector('meta[name=viewport]') || {}).content || '',
    generator: (document.querySelector('meta[name=generator]') || {}).content || '',
    template: hash((document.body ? skeleton(document.body, 3) : document.documentElement.localName) + features),
    features,
    nodes: document.getElementsByTagName('*').length,
    scripts: document.scripts.length,
    modal: S.all('dialog:modal').length > 0,
    resources: [...document.querySelectorAll('link[rel~=stylesheet][href],script[src]')]
      .slice(0, 80)
      .map((el) => el.href || el.src)
      .filter((url) => /^https?:/.test(url) && URL.canParse(url)),
    headings: headings.map((el) =>
      S.place(el, {
        level: S.level(el),
        text: S.text(el, 200),
        name: S.name(el).slice(0, 200),
        visible: S.visible(el),
        landmark: S.region(el),
      }),
    ),
    landmarks: landmarks.map((el) => S.place(el, { role: S.role(el), name: S.name(el).slice(0, 100) })),
    links: links
      .map((el) => ({ selector: '', url: S.url(el).slice(0, 2000), text: S.text(el, 120), landmark: S.region(el) }))
      .filter((l) => /^https?:/.test(l.url) && URL.canParse(l.url)),
    frames: S.all('iframe,frame')
      .slice(0, 60)
      .map((el) =>
        S.place(el, {
          src: (el.src || '').slice(0, 500),
          title: el.title,
          visible: S.visible(el),
          sandbox: el.getAttribute('sandbox'),
        }),
      ),
    passwordFields: S.all('input[type=password]').filter(S.visible).length,
    forms: S.all('form')
      .slice(0, 50)
      .map((el) =>
        S.place(el, {
          method: (el.getAttribute('method') || 'get').toLowerCase(),
          action: String(el.getAttribute('action') || '').slice(0, 300),
          fields: el.querySelectorAll('input:not([type=hidden]),select,textarea').length,
          noValidate: el.noValidate,
          role: el.getAttribute('role') || '',
        }),
      ),
    text: S.text(document.body, 20000),
    mainText: S.text(document.querySelector('main,[role=main]'), 20000),
  };
};
