import './toast.css'
import { create } from 'zustand'

interface Toast {
  readonly id: number
  readonly text: string
}

const SHOWN_FOR = 6_000
const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }))
let last = 0

/** A short word about something that happened; it is read out politely and goes by itself. */
export function toast(text: string): void {
  last += 1
  const id = last
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), { id, text }] }))
  setTimeout(() => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((other) => other.id !== id) })), SHOWN_FOR)
}

export function Toaster() {
  const toasts = useToasts((state) => state.toasts)
  return (
    <div className="toaster" role="status" aria-live="polite">
      {toasts.map(({ id, text }) => (
        <p className="toast" key={id}>
          {text}
        </p>
      ))}
    </div>
  )
}
