"""The front end as a browser has it: what it downloads first, how fast a long conversation opens, how fast one answers.

Times are taken inside the page: from the event of the hand until the frame after the one that shows the result.
"""

import gzip

from playwright.sync_api import Browser, Page, Response, expect
from tests.bench.figures import control, emit, percentiles
from tests.bench.seed import LONG_CONVERSATION, seed
from tests.support.browser import Agent, launched, person
from tests.support.stack import RecadoStack

OPENINGS = 25
ANSWERS = 25
LAST = "Mensagem 100000"
SETTLE_MS = 400

STOPWATCH = """
(() => {
  const painted = (isShown) => new Promise((done) => {
    const look = () => {
      if (!isShown()) return requestAnimationFrame(look)
      requestAnimationFrame(() => setTimeout(() => done(performance.now())))
    }
    look()
  })
  const bubbles = () => [...document.querySelectorAll('[role=log] article')]
  const inView = (element) => {
    const log = element.closest('[role=log]').getBoundingClientRect()
    const own = element.getBoundingClientRect()
    return own.height > 0 && own.bottom <= log.bottom + 1 && own.top >= log.top
  }
  const shows = (text) => bubbles().some((one) => one.innerText.split('\\n').includes(text) && inView(one))
  window.stopwatch = (event, text) => {
    window.measured = new Promise((done) => addEventListener(event, (started) =>
      painted(() => shows(text)).then((at) => done(at - started.timeStamp)), {capture: true, once: true}))
  }
  window.frame = async () => {
    const times = []
    for (let n = 0; n < 40; n += 1) times.push(await new Promise(requestAnimationFrame))
    return (times.at(-1) - times[0]) / (times.length - 1)
  }
})()
"""


def main() -> None:
    with RecadoStack() as stack:
        seed(stack)
        with launched() as browser:
            _first_download(stack, browser)
            with person(browser) as context:
                context.add_init_script(STOPWATCH)
                agent = Agent(context.new_page(), stack).signed_in()
                _openings(agent)
                _answers(agent)


def _first_download(stack: RecadoStack, browser: Browser) -> None:
    """All scripts between an empty cache and the newest bubble of a conversation, for somebody who is signed in."""
    with person(browser) as signing_in:
        Agent(signing_in.new_page(), stack).signed_in()
        known = signing_in.storage_state()
    scripts: dict[str, int] = {}

    def count(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts[response.url.rpartition("/")[2]] = len(gzip.compress(response.body()))

    with person(browser, storage_state=known) as fresh:
        agent = Agent(fresh.new_page(), stack)
        agent.page.on("response", count)
        agent.open(f"/inbox/{_long_ticket(stack)}")
        expect(agent.bubble(LAST)).to_be_visible()
        agent.page.wait_for_load_state("networkidle")
    total = round(sum(scripts.values()) / 1000, 1)
    emit("frontend_initial_javascript", scripts=len(scripts), gzip_kb=total, bar={"gzip_kb": 240})


def _long_ticket(stack: RecadoStack) -> str:
    ticket: str = stack.api.call("GET", "/tickets", params={"limit": "1"})["items"][0]["id"]
    return ticket


def _openings(agent: Agent) -> None:
    """First openings are fetched after a fresh load of the page; later ones come from what the page keeps."""
    fetched = [_open(agent, reload=True) for _ in range(OPENINGS)]
    kept = [_open(agent, reload=False) for _ in range(OPENINGS)]
    common = {"messages": LONG_CONVERSATION, "times": OPENINGS, "bar": {"p95": 150}}
    emit("frontend_open_conversation", **common, milliseconds=percentiles(fetched), **_noise(agent.page))
    emit("frontend_open_conversation_again", **common, milliseconds=percentiles(kept), **_noise(agent.page))
    nodes = agent.page.evaluate("() => document.querySelectorAll('*').length")
    emit("frontend_dom_nodes", nodes=nodes, bar={"nodes": 1500})


def _open(agent: Agent, *, reload: bool) -> float:
    if reload:
        agent.open("/inbox")
    rows = agent.page.get_by_role("list", name="Conversas").get_by_role("link")
    rows.nth(3).click()
    expect(agent.messages).to_be_visible()
    agent.page.wait_for_timeout(SETTLE_MS)
    agent.page.evaluate("text => stopwatch('pointerdown', text)", LAST)
    rows.first.click()
    milliseconds: float = agent.page.evaluate("() => measured")
    return milliseconds


def _answers(agent: Agent) -> None:
    milliseconds = [_answer(agent, f"Resposta {number}") for number in range(ANSWERS)]
    emit(
        "frontend_enter_to_bubble",
        times=ANSWERS,
        milliseconds=percentiles(milliseconds),
        bar={"p95": 50},
        **_noise(agent.page),
    )


def _answer(agent: Agent, text: str) -> float:
    agent.page.get_by_role("textbox", name="Mensagem").fill(text)
    agent.page.wait_for_timeout(SETTLE_MS)
    agent.page.evaluate("text => stopwatch('keydown', text)", text)
    agent.page.keyboard.press("Enter")
    milliseconds: float = agent.page.evaluate("() => measured")
    return milliseconds


def _noise(page: Page) -> dict[str, float]:
    """What the machine takes for nothing of ours: the arithmetic of all benches, and an idle frame of this page."""
    return {"control_ms": control(), "idle_frame_ms": round(page.evaluate("() => frame()"), 1)}


if __name__ == "__main__":
    main()
