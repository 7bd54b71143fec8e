// Runs in: base
(S) => {
  // Maps, and what stands beside them: the library, its controls and markers, what of it a keyboard can reach, and lists, tables, search
  // fields and links near it that may tell the same. Maps in frames are known by the frame's address.
  const FRAMES =
    /google\.[a-z.]+\/maps|maps\.google|openstreetmap\.org\/export|arcgis\.com|arcgis|\/(kaart|kaarten|map|maps|viewer)([/?.#]|$)|\/\/(kaart|kaarten|maps?|geo|atlas|umap)\w*\./i;
  const LIBRARIES = [
    ['Leaflet', '.leaflet-container'],
    ['OpenLayers', '.ol-viewport,[class*=openlayers]'],
    ['MapLibre', '.maplibregl-map'],
    ['Mapbox', '.mapboxgl-map'],
    ['ArcGIS', '.esri-view,.esriMapContainer,arcgis-map,arcgis-scene'],
    ['Google Maps', '.gm-style'],
    ['Bing Maps', '.MicrosoftMap'],
    ['Azure Maps', '.azure-map'],
    ['Cesium', '.cesium-widget'],
  ];
  const ZOOM = /zoom|vergro|verklein|^\s*[+\u2212\u2013-]\s*$/i;
  const WORDS =
    /\b(lijst|lijstweergave|tabel|overzicht|tekstversie|tekstueel|toegankelijke|adressen|alle locaties|list|table|text version|accessible)\b/i;
  const SEARCH = /adres|postcode|zoek|locatie|plaats|straat|address|search|place/i;
  const ICONS =
    '.leaflet-marker-icon,.maplibregl-marker,.mapboxgl-marker,.ol-overlay-container,[class*=marker]:not([class*=pane],[class*=shadow],[class*=layer],[class*=container]),[role=button] img,gmp-advanced-marker';
  const size = (el) => {
    const r = el.getBoundingClientRect();
    return [Math.round(r.width), Math.round(r.height)];
  };
  const large = (el) => {
    const [w, h] = size(el);
    return w >= 150 && h >= 100 && S.visible(el);
  };
  const focusable = (el) => el.tabIndex >= 0 && S.focusable(el);

  const own = S.all(S.MAPS).filter((el) => !(S.parent(el) && S.inMap(S.parent(el))) && large(el));
  // A library nobody knows: at least four tiles in one box.
  const tiles = new Map();
  for (const img of S.all('img').slice(0, 2000)) {
    if (
      !S.TILE.test(img.currentSrc || img.src || '') ||
      S.style(img).position !== 'absolute' ||
      S.closest(img, (at) => at.matches(S.MAPS))
    )
      continue;
    const box = S.closest(S.parent(img), (at) => ['hidden', 'clip'].includes(S.style(at).overflowX) && large(at));
    if (box) tiles.set(box, (tiles.get(box) || 0) + 1);
  }
  const unknown = [...tiles].filter(([, count]) => count >= 4).map(([box]) => box);
  const framed = S.all('iframe').filter((el) => large(el) && FRAMES.test(el.src || ''));

  // What stands near and may tell the same: in the section around the map, at most the main part of the page.
  const beside = (map) => {
    const section =
      S.closest(
        S.parent(map) || map,
        (at) => at.matches('section,article,main,[role=main],[role=region],body') && S.text(at, 400).length > 60,
      ) || document.body;
    const outside = (el) =>
      !map.contains(el) && !S.inMap(el) && S.visible(el) && !el.closest('nav,header,footer,[role=navigation]');
    const found = [];
    for (const el of S.all('table,ul,ol,dl', section, 6000)) {
      if (found.length >= 4 || !outside(el)) continue;
      const rows =
        el.localName === 'table'
          ? el.rows.length
          : el.localName === 'dl'
            ? el.querySelectorAll('dt').length
            : el.children.length;
      if (rows >= 2) found.push(`<${el.localName}> (${rows}): ${S.text(el, 60)}`);
    }
    for (const el of S.all('a[href],button', section, 6000))
      if (found.length < 6 && outside(el) && WORDS.test(S.text(el, 120)))
        found.push(`<${el.localName}>: ${S.text(el, 80)}`);
    const search = S.all('input', section, 6000).filter(
      (el) => /^(search|text)$/.test(el.type) && S.visible(el) && SEARCH.test(`${S.name(el)} ${el.placeholder}`),
    );
    return { beside: found, search: search.slice(0, 2).map((el) => (S.name(el) || el.placeholder).slice(0, 60)) };
  };

  return {
    maps: [...own, ...unknown, ...framed].slice(0, 8).map((el) => {
      // OpenLayers and others put their box into the page's own element, which carries name and tab stop.
      const host = el.matches('.ol-viewport,.gm-style') && el.parentElement ? el.parentElement : el;
      const inside = S.all('*', host, 6000);
      const stops = inside.filter(focusable);
      const controls = stops.filter(
        (at) =>
          at.matches('button,a,input,select,summary,[role=button]') &&
          !at.matches(ICONS) &&
          !S.closest(at, (up) => up !== host && up.matches('.leaflet-marker-pane')),
      );
      const markers = inside.filter(
        (at) =>
          at.matches(ICONS) &&
          S.visible(at) &&
          !at.parentElement.closest(ICONS) &&
          size(at)[0] <= 80 &&
          size(at)[0] >= 8,
      );
      const surfaces = inside.filter(
        (at) => at.localName === 'canvas' || at.matches('.leaflet-interactive,svg path[class*=interactive]'),
      );
      const library =
        el.localName === 'iframe' ? 'frame' : (LIBRARIES.find(([, css]) => el.matches(css)) || ['tiles'])[0];
      return S.place(el, {
        library,
        frame_address: el.localName === 'iframe' ? el.src.slice(0, 300) : '',
        width: size(el)[0],
        height: size(el)[1],
        name: (S.name(host) || S.name(el)).slice(0, 200),
        hidden: S.hiddenFromAT(host),
        pans:
          focusable(host) ||
          inside.some((at) => focusable(at) && size(at)[0] >= 0.8 * size(el)[0] && size(at)[1] >= 0.8 * size(el)[1]),
        stops: stops.length,
        zoom: controls
          .filter((c) => ZOOM.test(`${S.name(c)} ${S.text(c, 10)} ${c.title} ${c.getAttribute('class') || ''}`))
          .slice(0, 4)
          .map((c) => (S.name(c) || S.text(c, 20)).slice(0, 40)),
        markers: markers.length,
        markers_reached: markers.filter((m) => focusable(m) || [...m.querySelectorAll('*')].some(focusable)).length,
        marker_names: [...new Set(markers.map((m) => S.name(m).slice(0, 60)))].slice(0, 5),
        drawn: surfaces.length,
        ...beside(host),
      });
    }),
  };
};
