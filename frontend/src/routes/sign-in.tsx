import { createFileRoute, redirect, useRouter } from '@tanstack/react-router'
import { SignInForm } from '~/features/sign-in/SignInForm'
import { accessToken } from '~/http/session'
import { LanguageSelect } from '~/ui/LanguageSelect'

interface SignInSearch {
  /** Where the person was when the session ended. */
  readonly next?: string | undefined
}

export const Route = createFileRoute('/sign-in')({
  // Said even when it is undefined: what is left out would keep its unchecked value.
  validateSearch: ({ next }): SignInSearch => ({ next: typeof next === 'string' && isOurs(next) ? next : undefined }),
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
