// Small things the page is made of.

import { language, words } from './words.js';

const ICONS = {
  back: 'M15 5l-7 7 7 7',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  send: 'M4 12l16-8-5 16-3-7z',
  sent: 'M5 12.5l4 4L19 7',
  delivered: 'M2 12.5l4 4L16 7M10 15.5l1.2 1L21 7',
};

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ''));
  return element;
}

export function icon(name, label = '') {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  if (label) {
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', label);
  } else {
    drawing.setAttribute('aria-hidden', 'true');
  }
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', ICONS[name]);
  drawing.append(path);
  return drawing;
}

export function avatar(name, number, online = true) {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();
  const shade = [...number].reduce((sum, digit) => (sum * 33 + digit.charCodeAt(0)) % 1009, 7) % 8;
  return make('span', { className: `avatar shade-${shade}${online ? '' : ' off'}`, 'aria-hidden': 'true' }, initials);
}

export function ticks(state) {
  const drawing = icon(state === 'sent' ? 'sent' : 'delivered', words[state]);
  drawing.classList.add('ticks', state);
  return drawing;
}

export const pretty = (number) =>
  number.startsWith('55') && number.length >= 12
    ? `+55 ${number.slice(2, 4)} ${number.slice(4, -4)}-${number.slice(-4)}`
    : `+${number}`;

export const said = (bubble) =>
  bubble.kind === 'text' ? bubble.text : [words.kinds[bubble.kind] ?? words.kinds.unknown, bubble.text].filter(Boolean).join(' · ');

/** A text as nodes, with what stands between *stars* in bold, as WhatsApp shows it. */
export const marked = (text) =>
  text.split(/(?<![\p{L}\p{N}*])\*(\S|\S[^*\n]*\S)\*(?![\p{L}\p{N}*])/u).map((part, index) => (index % 2 ? make('b', {}, part) : part));

export const clock = (at) => new Date(at).toLocaleTimeString(language, { timeStyle: 'short' });

export function day(at) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const days = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  return new Date(at).toLocaleDateString(language, { day: 'numeric', month: 'long' });
}

export const moment = (at) => (day(at) === words.today ? clock(at) : day(at));
