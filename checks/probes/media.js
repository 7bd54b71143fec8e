// Runs in: any
(S) => {
  // Everything that plays: elements, players of others in frames, links to sound and film files; and what stands near them that
  // could be its captions, transcript or description. One record per thing. Also which sound or film files were loaded at all.
  const AUDIO = /\.(mp3|m4a|aac|wav|ogg|oga|opus|flac)([?#]|$)/i;
  const VIDEO = /\.(mp4|m4v|mov|webm|ogv|avi|wmv|mpe?g|m3u8|mpd)([?#]|$)/i;
  const PLAYERS = [
    [
      'audio',
      /(^|\.)(soundcloud\.com|open\.spotify\.com|spotify\.com|podbean\.com|buzzsprout\.com|springcast\.(fm|app)|anchor\.fm|mixcloud\.com|castbox\.fm|simplecast\.com|transistor\.fm|podcasters\.spotify\.com|embed\.podcasts\.apple\.com|omny\.fm|libsyn\.com)$/i,
    ],
    [
      'video',
      /(^|\.)(youtube\.com|youtube-nocookie\.com|youtu\.be|vimeo\.com|dailymotion\.com|kaltura\.com|companywebcast\.(com|nl)|royalcast\.com|bbvms\.com|bluebillywig\.(com|tv)|jwplayer\.com|jwplatform\.com|brightcove\.(net|com)|wistia\.(com|net)|npo\.nl|npostart\.nl|streaming\.media\.azure\.net|qumucloud\.com|mediasite\.com|dyntube\.com|jetstre\.am|jet-stream\.com|streamovations\.be|twitch\.tv|quadia\.(net|com)|vidyard\.com|loom\.com|microsoftstream\.com|muse\.ai|bunnycdn\.com|mediadelivery\.net|videodelivery\.net|cloudflarestream\.com|connectlive\.nl|notubiz\.nl|raadsinformatie\.nl)$/i,
    ],
  ];
  const WORDS = {
    transcript:
      /transcri|uitgeschreven|uitgetypt|tekst-?versie|tekst-?alternatief|geschreven (versie|tekst)|tekst van (de|deze|het|dit) (video|film|podcast|uitzending|audio|geluid|animatie|aflevering|gesprek)|(lees|bekijk) de tekst|verbatim|text (version|alternative)/i,
    description:
      /audio-?descripti|audio-?beschrijving|beeld-?beschrijving|described (version|video)|beschreven versie|blindentolk|audio description/i,
    captions: /ondertitel|caption|subtitle|^cc$|\bcc-?(knop|button)?\b/i,
    instead:
      /(video|film|filmpje|animatie|podcast|audio|geluidsfragment) (hierboven|hieronder)|(boven|onder)staande (video|film|filmpje|animatie|podcast|audio|geluidsfragment)|(above|below) (video|audio|film|podcast|animation)|(video|audio|film|podcast|audio file) (above|below)|(dezelfde|zelfde|deze|bovenstaande|onderstaande) (informatie|tekst|inhoud).{0,60}(video|film|filmpje|animatie|podcast|audio|fragment)|(video|film|filmpje|animatie|podcast|audio).{0,80}(dezelfde|zelfde) (informatie|tekst|inhoud)|(ook|liever) (bekijken|beluisteren|kijken|luisteren)|(same|above|below) (information|text|content).{0,80}(video|film|audio|listen|watch)|(video|audio|film).{0,80}same (information|text)|listen to (it|this|the above)|media alternative/i,
    live: /live ?stream|live-?uitzending|\blive\b|rechtstreeks|webcast|live (mee)?kijken/i,
  };
  const isLive = (text) => WORDS.live.test(text);
  const host = (url) => {
    try {
      return new URL(url, location.href).hostname;
    } catch {
      return '';
    }
  };
  const playerKind = (url) => {
    const h = host(url);
    const hit = h && PLAYERS.find(([, hosts]) => hosts.test(h));
    return hit ? hit[0] : '';
  };

  // Candidates for an alternative, once for the page: short texts of links, buttons, summaries and headings, and longer paragraphs.
  let near = null;
  const candidates = () =>
    (near ||= S.all('a[href],button,[role=button],summary,h1,h2,h3,h4,h5,h6,figcaption,p,li,label')
      .slice(0, 4000)
      .map((el) => ({
        el,
        own: el.matches('p,li,figcaption') ? S.text(el, 1500) : S.name(el) || S.text(el, 200),
        r: el.getBoundingClientRect(),
      }))
      .filter((c) => c.own && c.r.width > 0));

  const PLAYING = 'video,audio,iframe,embed,object,lite-youtube,lite-vimeo,a[href]';
  let playing = null;
  const kindOfLink = (el) =>
    el.localName === 'a'
      ? AUDIO.test(S.url(el)) || VIDEO.test(S.url(el))
      : el.localName !== 'iframe' || playerKind(el.src || el.getAttribute('data-src') || '');
  // A word that stands nearer to another film (or right below it) is about that one.
  const nearest = (c, el) => {
    playing ||= S.all(PLAYING)
      .filter(kindOfLink)
      .slice(0, 80)
      .map((other) => ({ other, r: other.getBoundingClientRect() }))
      .filter((p) => p.r.height > 0);
    const gap = (r) =>
      (c.r.top >= r.bottom - 2 ? c.r.top - r.bottom : c.r.bottom <= r.top + 2 ? (r.top - c.r.bottom) * 2 + 60 : 0) +
      Math.max(0, c.r.left - r.right, r.left - c.r.right);
    const mine = gap(el.getBoundingClientRect());
    return !playing.some((p) => p.other !== el && !c.el.contains(p.other) && gap(p.r) < mine - 1);
  };

  const around = (el) => {
    const r = el.getBoundingClientRect();
    const holder =
      S.closest(
        el,
        (at) =>
          at !== el &&
          (at.matches('figure,section,article,main,[role=main],body,td,li') || S.text(at, 400).length > 150),
      ) || document.body;
    const out = { transcript: [], description: [], captions: [], instead: [] };
    for (const c of candidates()) {
      if (c.el.contains(el)) continue;
      const below = c.r.top - r.bottom;
      const above = r.top - c.r.bottom;
      const close = r.height || r.width ? below < 600 && above < 250 : holder.contains(c.el);
      if (!close && !(holder.contains(c.el) && holder !== document.body && below < 2000)) continue;
      for (const kind of Object.keys(out)) {
        if (out[kind].length >= 3 || !WORDS[kind].test(c.own) || !nearest(c, el)) continue;
        if (
          kind !== 'instead' &&
          c.el.matches('p,li') &&
          (c.own.length > 160 || c.el.querySelector('a,button,summary'))
        )
          continue;
        out[kind].push(
          S.place(c.el, {
            text: c.own.slice(0, 160),
            visible: S.visible(c.el),
            url: c.el.localName === 'a' ? S.url(c.el).slice(0, 500) : '',
            role: S.role(c.el),
            away: Math.round(Math.max(below, above, 0)),
          }),
        );
      }
    }
    for (const attribute of ['aria-describedby', 'aria-details']) {
      for (const id of (el.getAttribute(attribute) || '').split(/\s+/).filter(Boolean)) {
        const target = el.getRootNode().getElementById(id);
        const own = target && S.text(target, 3000);
        if (own)
          out.transcript.push(
            S.place(target, {
              text: own.slice(0, 160),
              words: own.split(' ').length,
              visible: S.visible(target),
              url: '',
              role: attribute,
              away: 0,
            }),
          );
      }
    }
    // A player shows its buttons after the start only: its own caption button counts before.
    const player = out.captions.length
      ? null
      : S.closest(
          el,
          (at) =>
            at !== el &&
            /(^|[-_ ])(video-?js|vjs|plyr|mejs|jwplayer|able|player)/i.test(at.getAttribute('class') || ''),
        );
    for (const b of player ? player.querySelectorAll('button,[role=button]') : []) {
      const own = `${b.getAttribute('aria-label') || ''} ${b.title} ${b.textContent}`
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, 160);
      if (out.captions.length < 3 && !b.hidden && !b.closest('[class*=hidden]') && WORDS.captions.test(own))
        out.captions.push(S.place(b, { text: own, visible: S.visible(b), url: '', role: S.role(b), away: 0 }));
    }
    // How much text stands around it at all: a text version can be there without being called so.
    let words = 0;
    for (const c of candidates()) {
      if (!c.el.matches('p,li,figcaption') || c.own.length < 20) continue;
      const below = c.r.top - r.bottom;
      const above = r.top - c.r.bottom;
      if (holder.contains(c.el) || (below < 600 && above < 600)) words += c.own.split(' ').length;
    }
    const heading = S.all('h1,h2,h3,h4,h5,h6')
      .filter((h) => S.follows(h, el))
      .pop();
    return { ...out, words, heading: heading ? S.text(heading, 150) : '' };
  };

  const things = [];
  const told = [];
  const add = (el, kind, how, more) => {
    if (things.length >= 60) return;
    told.push(el);
    const near = around(el);
    const name = S.name(el).slice(0, 150) || (el.getAttribute('title') || '').slice(0, 150);
    things.push(
      S.place(el, {
        kind,
        how,
        name,
        visible: S.visible(el),
        shown: el.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
        hiddenFromAT: S.hiddenFromAT(el),
        near,
        ...more,
        live:
          Boolean(more.endless) ||
          isLive(
            `${name} ${near.heading} ${el.id} ${String(el.getAttribute('class') || '').slice(0, 200)} ${more.url}`,
          ),
      }),
    );
  };

  for (const el of S.all('video,audio')) {
    const sources = [el.getAttribute('src'), ...[...el.querySelectorAll('source')].map((s) => s.getAttribute('src'))]
      .filter(Boolean)
      .slice(0, 5);
    const url = String(el.currentSrc || (sources[0] ? new URL(sources[0], document.baseURI).href : '')).slice(0, 1000);
    add(el, el.localName, 'element', {
      url,
      sources: sources.map((s) => s.slice(0, 300)),
      hasSource: Boolean(url) || Boolean(el.srcObject),
      controls: el.controls,
      autoplay: el.autoplay,
      loop: el.loop,
      muted: el.muted || el.defaultMuted,
      volume: el.volume,
      paused: el.paused,
      played: el.played.length > 0,
      ready: el.readyState,
      network: el.networkState,
      error: el.error ? el.error.code : 0,
      duration: Number.isFinite(el.duration) ? el.duration : null,
      endless: el.duration === Infinity && (/^blob:/.test(url) || /\.(m3u8|mpd)([?#]|$)/i.test(url)),
      poster: Boolean(el.poster),
      audioBytes: el.webkitAudioDecodedByteCount ?? -1,
      tracks: [...el.querySelectorAll('track')].slice(0, 10).map((t) => ({
        kind: (t.getAttribute('kind') || 'subtitles').toLowerCase(),
        url: String(t.src).slice(0, 1000),
        lang: t.srclang,
        label: t.label.slice(0, 60),
      })),
      textTracks: [...el.textTracks].slice(0, 10).map((t) => ({
        kind: t.kind,
        lang: t.language,
        label: String(t.label).slice(0, 60),
        cues: t.cues ? t.cues.length : -1,
      })),
    });
  }
  for (const el of S.all(
    'iframe,frame,embed,object,lite-youtube,youtube-video,lite-vimeo,vimeo-video,mux-player,[data-youtube-id],[data-vimeo-id]',
  )) {
    const lite = /youtube|vimeo|mux/.test(el.localName) || el.matches('[data-youtube-id],[data-vimeo-id]');
    // A banner for cookies keeps the address of a player in an attribute of its own until people agree.
    const own = String(el.src || el.data || '').replace(/^about:blank.*/, '');
    const url = String(
      own ||
        ([...el.attributes].find((a) => a.name.startsWith('data-') && playerKind(a.value)) || {}).value ||
        el.getAttribute('data-src') ||
        '',
    ).slice(0, 1000);
    const kind = lite ? 'video' : playerKind(url) || (VIDEO.test(url) ? 'video' : AUDIO.test(url) ? 'audio' : '');
    if (kind)
      add(el, kind, 'player', {
        url,
        provider: host(url) || el.localName,
        autoplay: /[?&](autoplay|auto_play)=(1|true)/i.test(url),
        muted: /[?&](mute|muted)=(1|true)/i.test(url),
        tracks: [],
        textTracks: [],
        forcedCaptions: /cc_load_policy=1|texttrack=/i.test(url),
      });
  }
  // A box that a script turns into a player, when people agree or press it: the address waits in its data.
  for (const el of S.all('div,figure,button,section,span,template,a', document, 20000)) {
    if (
      ![...el.attributes].some(
        (a) => a.name.startsWith('data-') && /(youtu|vimeo|player|video|stream|cast)/i.test(a.value),
      )
    )
      continue;
    const url = [...el.attributes]
      .filter((a) => a.name.startsWith('data-'))
      .map((a) => (/(?:https?:)?(?:\\?\/){2}[^"'\s<>]+/.exec(a.value) || [''])[0].replaceAll('\\', ''))
      .find(playerKind);
    if (url && !told.some((other) => el.contains(other) || other.contains(el)))
      add(el, playerKind(url), 'player', {
        url: url.slice(0, 1000),
        provider: host(url),
        autoplay: false,
        muted: false,
        tracks: [],
        textTracks: [],
        forcedCaptions: false,
      });
  }
  for (const el of S.all('a[href],area[href]')) {
    const url = S.url(el);
    const kind = AUDIO.test(url) ? 'audio' : VIDEO.test(url) ? 'video' : '';
    if (kind) add(el, kind, 'link', { url: url.slice(0, 1000), text: S.text(el, 120), tracks: [], textTracks: [] });
  }
  const loaded = performance
    .getEntriesByType('resource')
    .filter(
      (e) =>
        AUDIO.test(e.name) ||
        ((e.initiatorType === 'audio' || e.initiatorType === 'video') &&
          !/^image\//.test(e.contentType || '') &&
          !/\.(svg|png|jpe?g|webp|gif|avif|vtt)([?#]|$)/i.test(e.name)),
    )
    .slice(0, 20)
    .map((e) => ({ url: e.name.slice(0, 500), by: e.initiatorType }));
  return {
    things,
    loaded,
    embeds: S.all('embed,object').filter(
      (el) => S.visible(el) && /flash|video|audio|quicktime|x-ms/i.test(el.type || ''),
    ).length,
  };
};
