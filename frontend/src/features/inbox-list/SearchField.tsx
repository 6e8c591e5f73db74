import { useLingui } from '@lingui/react/macro'
import { Search, X } from 'lucide-react'
import type { Ref } from 'react'

interface SearchFieldProps {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly input: Ref<HTMLInputElement>
}

export function SearchField({ text, onChange, input }: SearchFieldProps) {
  const { t } = useLingui()
  return (
    <search className="search-field">
      <Search size={17} aria-hidden="true" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        aria-label={t`Search by name or number`}
        aria-keyshortcuts="/"
        placeholder={t`Search by name or number`}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onChange('')
          event.currentTarget.blur()
        }}
      />
      {text ? (
        <button type="button" className="search-clear" aria-label={t`Clear search`} onClick={() => onChange('')}>
          <X size={16} aria-hidden="true" />
        </button>
      ) : null}
    </search>
  )
}
