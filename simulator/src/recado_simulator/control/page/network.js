// The way to the simulator: questions, orders, and its stream of news.

export class Refusal extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal('unreachable', '');
  }
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.code, answer.detail);
  return answer;
}

export const get = (path) => ask(`/control/${path}`);

export const post = (path, body = {}) =>
  ask(`/control/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

export function follow(onNews, onLost) {
  const source = new EventSource('/control/stream');
  source.onmessage = (event) => onNews(JSON.parse(event.data));
  source.onopen = () => onLost(false);
  source.onerror = () => onLost(true);
}
