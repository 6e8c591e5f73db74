import { createFileRoute, redirect, useRouter } from '@tanstack/react-router'
import { SignInForm } from '~/features/sign-in/SignInForm'
import { accessToken } from '~/http/session'
import { LanguageSelect } from '~/ui/LanguageSelect'

interface SignInSearch {
  /** Where the person was when the session ended. */
  readonly next?: string
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: ({ next }): SignInSearch => (typeof next === 'string' && isOurs(next) ? { next } : {}),
  beforeLoad: () => {
    if (accessToken()) throw redirect({ to: '/inbox' })
  },
  component: SignInPage,
})

function SignInPage() {
  const router = useRouter()
  const { next } = Route.useSearch()
  return (
    <main className="sign-in-page">
      <SignInForm onSignedIn={() => router.history.push(next ?? '/inbox')} />
      <footer className="sign-in-foot">
        <LanguageSelect />
      </footer>
    </main>
  )
}

/** A path of this program, never another site. */
function isOurs(path: string): boolean {
  return path.startsWith('/') && new URL(path, location.origin).origin === location.origin
}
