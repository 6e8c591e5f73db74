// The page: which phone is in the hand, which conversation is open, and what happens when something is touched.

import { follow, get, post } from './network.js';
import { avatar, clock, day, icon, make, marked, moment, pretty, said, ticks } from './pieces.js';
import { language, words } from './words.js';

const $ = (id) => document.getElementById(id);
const narrow = matchMedia('(max-width: 760px)');
const hand = { network: null, phone: '', chat: '', bubbles: [] };

const phones = () => [...hand.network.accounts, ...hand.network.customers];
const held = () => phones().find((phone) => phone.phone === hand.phone);
const named = (number) => phones().find((phone) => phone.phone === number)?.name ?? pretty(number);

// Drawing

function drawPhones() {
  $('owners').replaceChildren(...hand.network.accounts.map(phoneRow));
  const byNews = [...hand.network.customers].sort((a, b) => newest(b) - newest(a));
  $('customers').replaceChildren(...byNews.map(phoneRow));
}

const newest = (phone) => phone.chats[0]?.last.at ?? 0;

function phoneRow(phone) {
  const last = phone.chats[0]?.last;
  const line = phone.online ? (last ? said(last) : pretty(phone.phone)) : words.off;
  return row(phone, line, last, phone.unread, phone.phone === hand.phone, () => hold(phone.phone));
}

function row(phone, line, last, unread, selected, onclick) {
  const second = make('span', { className: 'row-line' }, last?.from_me ? ticks(last.state) : '', make('span', {}, ...marked(line)));
  const side = make('span', { className: 'row-side' }, last ? make('time', {}, moment(last.at)) : '');
  if (unread) side.append(make('b', { className: 'badge' }, unread > 99 ? '99+' : String(unread)));
  const button = make(
    'button',
    { type: 'button', className: 'row', onclick, 'aria-current': String(selected) },
    avatar(phone.name, phone.phone, phone.online),
    make('span', { className: 'row-words' }, make('b', {}, phone.name), second),
    side,
  );
  return make('li', {}, button);
}

function drawChats() {
  const phone = held();
  const known = new Map(phone.chats.map((chat) => [chat.phone, chat]));
  const others = (phone.owner ? hand.network.customers : hand.network.accounts).filter((other) => !known.has(other.phone));
  const rows = phone.chats.map((chat) => {
    const other = { ...phones().find((one) => one.phone === chat.phone), name: chat.name, phone: chat.phone };
    return row(other, said(chat.last), chat.last, chat.unread, false, () => open(chat.phone));
  });
  rows.push(...others.map((other) => row(other, pretty(other.phone), null, 0, false, () => open(other.phone))));
  $('chats').replaceChildren(...rows);
}

function drawBar() {
  const phone = held();
  const other = hand.chat && phones().find((one) => one.phone === hand.chat);
  $('bar-avatar').replaceChildren(avatar(other ? other.name : phone.name, other ? other.phone : phone.phone));
  $('bar-name').textContent = other ? other.name : phone.name;
  $('bar-line').textContent = other ? pretty(other.phone) : phone.online ? pretty(phone.phone) : words.off;
  $('handset').dataset.screen = hand.chat ? 'chat' : 'chats';
  $('handset').classList.toggle('switched-off', !phone.online);
  $('back').hidden = !narrow.matches && (!hand.chat || (!phone.owner && hand.network.accounts.length === 1));
  $('text').disabled = $('send').disabled = !phone.online;
  $('text').placeholder = phone.online ? words.write : words.writeOff;
}

function drawMessages() {
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const rows = [];
  let date = '';
  for (const bubble of hand.bubbles) {
    if (day(bubble.at) !== date) rows.push(make('li', { className: 'date' }, (date = day(bubble.at))));
    rows.push(bubbleRow(bubble));
  }
  if (!rows.length) rows.push(make('li', { className: 'date' }, emptyWords()));
  list.replaceChildren(...rows);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function emptyWords() {
  const owner = hand.network.accounts.find((account) => account.phone === hand.chat || account.phone === hand.phone);
  return owner && !owner.devices.length ? words.linkFirst : words.empty;
}

function bubbleRow(bubble) {
  const foot = make('span', { className: 'foot' }, bubble.via ? words.team : '', make('time', {}, clock(bubble.at)));
  if (bubble.from_me) foot.append(ticks(bubble.state));
  const side = bubble.from_me ? 'mine' : 'theirs';
  const kind = bubble.kind === 'text' ? '' : ' other-kind';
  return make('li', { className: `bubble ${side}${kind}` }, make('span', { className: 'said' }, ...marked(said(bubble))), foot);
}

function drawSettings() {
  const phone = held();
  $('settings-name').textContent = phone.name;
  $('settings-number').textContent = pretty(phone.phone);
  $('online').checked = phone.online;
  $('reads').checked = phone.reads;
  $('linking').hidden = !phone.owner;
  $('devices-card').hidden = !phone.devices.length;
  $('devices').replaceChildren(...phone.devices.map(deviceRow));
}

function deviceRow(device) {
  const state = device.online ? words.connected : words.away;
  const line = device.queued ? `${state} · ${words.queued({ count: device.queued })}` : state;
  const dot = make('span', { className: device.online ? 'dot on' : 'dot' });
  return make('li', {}, dot, make('span', {}, make('b', {}, device.name), make('small', {}, line)));
}

function draw() {
  drawPhones();
  drawChats();
  drawBar();
  drawSettings();
}

// Doing

function hold(number) {
  hand.phone = number;
  const phone = held();
  show('handset');
  if (!phone.owner && hand.network.accounts.length === 1) open(hand.network.accounts[0].phone);
  else if (phone.owner && phone.chats.length && !narrow.matches) open(phone.chats[0].phone);
  else open('');
}

async function open(chat) {
  hand.chat = chat;
  hand.bubbles = [];
  draw();
  drawMessages();
  await loadChat();
  $('messages').scrollTop = $('messages').scrollHeight;
  if (chat && !narrow.matches) $('text').focus();
}

async function loadChat() {
  const { phone, chat } = hand;
  if (!chat) return;
  const { bubbles } = await get(`chats/${phone}/${chat}`);
  if (phone !== hand.phone || chat !== hand.chat) return;
  hand.bubbles = bubbles;
  drawMessages();
  look();
}

function look() {
  const fresh = hand.bubbles.some((bubble) => !bubble.from_me && !bubble.seen);
  const shown = document.visibilityState === 'visible' && (!narrow.matches || $('desk').dataset.view === 'handset');
  if (fresh && shown && held()?.online) post(`phones/${hand.phone}/read`, { chat: hand.chat });
}

const show = (view) => {
  $('desk').dataset.view = view;
};

async function refresh() {
  hand.network = await get('state');
  if (!held()) {
    const waiting = hand.network.accounts.find((account) => !account.devices.length);
    hand.phone = (waiting ?? hand.network.customers[0] ?? hand.network.accounts[0]).phone;
    const view = $('desk').dataset.view;
    hold(hand.phone);
    show(view);
  }
  draw();
  look(); // a phone that was just switched on reads what lies open
}

let pending = false;
function refreshSoon() {
  if (pending) return;
  pending = true;
  setTimeout(() => {
    pending = false;
    refresh().catch(() => {});
  }, 120);
}

let drawing = false;
function drawMessagesSoon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    drawMessages();
    look();
  });
}

function hear(news) {
  refreshSoon();
  if (news.kind === 'reset' || (news.kind === 'seen' && news.phone === hand.phone)) loadChat().catch(() => {});
  if (news.kind !== 'bubble' || news.phone !== hand.phone || news.chat !== hand.chat) return;
  const same = hand.bubbles.findIndex((one) => one.wa_id === news.bubble.wa_id && one.from_me === news.bubble.from_me);
  if (same < 0) hand.bubbles.push(news.bubble);
  else hand.bubbles[same] = news.bubble;
  drawMessagesSoon();
}

async function tell(problem, work) {
  problem.hidden = true;
  try {
    await work();
    return true;
  } catch (refusal) {
    problem.textContent = words.problems[refusal.code] ?? refusal.message;
    problem.hidden = false;
    return false;
  }
}

async function write(event) {
  event?.preventDefault();
  const text = $('text').value.trim();
  if (!text || !hand.chat) return;
  $('text').value = '';
  grow();
  const phone = held();
  if (phone.owner) await post('owner/messages', { account: phone.phone, customer: hand.chat, text });
  else await post('messages', { customer: phone.phone, account: hand.chat, text });
  $('messages').scrollTop = $('messages').scrollHeight;
}

function grow() {
  const text = $('text');
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
}

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const phone = form.phone.value.replace(/\D/g, '');
  const done = await tell($('adding-problem'), () => post('customers', { phone, name: form.name.value.trim() }));
  if (!done) return;
  form.reset();
  form.parentElement.open = false;
  await refresh();
  hold(phone);
}

const PAIRING_CODE = /^\w{4}[- ]?\w{4}$/;

async function link(event) {
  event?.preventDefault();
  const button = $('link-button');
  button.disabled = true;
  button.textContent = words.linking;
  const text = $('qr').value.trim();
  const shown = PAIRING_CODE.test(text) ? { code: text } : { qr: text };
  const done = await tell($('link-problem'), () => post('link', { ...shown, account: hand.phone }));
  button.disabled = false;
  button.textContent = words.linkButton;
  if (done) $('qr').value = '';
}

async function scan() {
  const video = $('viewfinder');
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  while (!video.hidden) {
    const [found] = await detector.detect(video);
    if (found) {
      $('qr').value = found.rawValue;
      video.hidden = true;
      link();
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  for (const track of stream.getTracks()) track.stop();
}

async function unlink() {
  if (confirm(words.unlinkSure)) await post('unlink', { account: hand.phone });
}

// Beginning

document.documentElement.lang = language;
document.title = `${words.title} · Recado`;
for (const element of document.querySelectorAll('[data-words]')) element.textContent = words[element.dataset.words];
for (const [id, drawing, label] of [
  ['back', 'back', words.back],
  ['close-settings', 'back', words.back],
  ['open-settings', 'settings', words.settings],
  ['send', 'send', words.send],
]) {
  $(id).append(icon(drawing));
  $(id).setAttribute('aria-label', label);
}
$('text').setAttribute('aria-label', words.write);
$('messages').setAttribute('aria-label', words.messages);
$('qr').placeholder = words.qrPlaceholder;
$('qr').setAttribute('aria-label', words.step2);
$('camera').hidden = !('BarcodeDetector' in globalThis && navigator.mediaDevices);

$('composer').addEventListener('submit', write);
$('text').addEventListener('input', grow);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) write(event);
});
$('adding').addEventListener('submit', add);
$('link-form').addEventListener('submit', link);
$('camera').addEventListener('click', scan);
$('unlink').addEventListener('click', unlink);
$('back').addEventListener('click', () => (hand.chat && (held().owner || !narrow.matches) ? open('') : show('phones')));
$('open-settings').addEventListener('click', () => show('settings'));
$('close-settings').addEventListener('click', () => show('handset'));
for (const name of ['online', 'reads'])
  $(name).addEventListener('change', (event) => post(`phones/${hand.phone}`, { [name]: event.target.checked }));
document.addEventListener('visibilitychange', look);
narrow.addEventListener('change', () => hand.network && draw());
follow(hear, (lost) => {
  $('lost').hidden = !lost;
});
