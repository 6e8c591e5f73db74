import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { useShortcut } from './shortcuts'

function Screen({ onClose, onHelp }: { readonly onClose: () => void; readonly onHelp: () => void }) {
  useShortcut('close', onClose)
  useShortcut('help', onHelp)
  return (
    <>
      <textarea aria-label="text" />
      <input aria-label="name" />
      <input type="checkbox" aria-label="check" />
      <div role="dialog" aria-label="dialog">
        <button type="button">inside</button>
      </div>
    </>
  )
}

function show() {
  const onClose = vi.fn<() => void>()
  const onHelp = vi.fn<() => void>()
  const view = render(<Screen onClose={onClose} onHelp={onHelp} />)
  return { onClose, onHelp, view }
}

it('runs for its key, on the page and on what is not text', async () => {
  const { onClose } = show()
  await userEvent.keyboard('e')
  await userEvent.click(screen.getByRole('checkbox'))
  await userEvent.keyboard('e')
  expect(onClose).toHaveBeenCalledTimes(2)
})

it('finds keys that need Shift', async () => {
  const { onHelp } = show()
  await userEvent.keyboard('{Shift>}?{/Shift}')
  expect(onHelp).toHaveBeenCalledOnce()
})

it.each(['text', 'name'])('leaves every letter to the %s that is being written', async (name) => {
  const { onClose } = show()
  const field = screen.getByRole('textbox', { name })
  await userEvent.type(field, 'ação é jk/e')
  expect(field).toHaveValue('ação é jk/e')
  expect(onClose).not.toHaveBeenCalled()
})

it.each(['{Control>}e{/Control}', '{Meta>}e{/Meta}', '{Alt>}e{/Alt}'])('does nothing for %s', async (keys) => {
  const { onClose } = show()
  await userEvent.keyboard(keys)
  expect(onClose).not.toHaveBeenCalled()
})

it('does nothing in a dialog, and nothing any more when the screen is gone', async () => {
  const { onClose, view } = show()
  await userEvent.click(screen.getByRole('button', { name: 'inside' }))
  await userEvent.keyboard('e')
  view.unmount()
  await userEvent.keyboard('e')
  expect(onClose).not.toHaveBeenCalled()
})
