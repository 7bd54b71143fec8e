// The pictures that a playing film shows, in cells, for as long as `arg.seconds`. Films of other sites may not be read: `why`.
async (S, arg) => {
  const el = S.find(arg.selector);
  if (!el || el.localName !== 'video') return { why: 'gone', frames: [] };
  const r = el.getBoundingClientRect();
  const columns = Math.max(4, Math.min(80, Math.round(r.width / 8)));
  const rows = Math.max(4, Math.min(60, Math.round(r.height / 8)));
  const canvas = new OffscreenCanvas(columns, rows);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const frames = [];
  let why = '';
  const began = performance.now();
  await new Promise((done) => {
    const finish = () => done(0);
    setTimeout(finish, arg.seconds * 1000 + 300);
    const next = (now, meta) => {
      try {
        pen.drawImage(el, 0, 0, columns, rows);
        const bytes = pen.getImageData(0, 0, columns, rows).data;
        let text = '';
        for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        frames.push([meta.mediaTime, btoa(text)]);
      } catch (error) {
        why = 'film of another site';
        finish();
        return;
      }
      if (frames.length >= 200 || performance.now() - began > arg.seconds * 1000) finish();
      else el.requestVideoFrameCallback(next);
    };
    el.requestVideoFrameCallback(next);
  });
  return {
    why,
    frames: frames.filter((f, i) => !i || f[0] > frames[i - 1][0]),
    rows,
    columns,
    width: r.width,
    height: r.height,
  };
};
