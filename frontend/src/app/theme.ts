/** MUI dressed in the product's colours; `styles/tokens.css` holds the same for everything that is plain CSS. */
import { createTheme } from '@mui/material/styles'

const FONT = '"Inter Variable", "Recado Emoji", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-theme' },
  colorSchemes: {
    light: {
      palette: {
        contrastThreshold: 4.5,
        primary: { main: '#135c4b' },
        error: { main: '#b3261e' },
        background: { default: '#f6f4f0', paper: '#ffffff' },
        text: { primary: '#1d211f', secondary: '#575e5a' },
        divider: '#e4e0d8',
      },
    },
    dark: {
      palette: {
        contrastThreshold: 4.5,
        primary: { main: '#74d2b1' },
        error: { main: '#ff9d94' },
        background: { default: '#111413', paper: '#191e1c' },
        text: { primary: '#e8ebe9', secondary: '#a8b1ac' },
        divider: '#2a302d',
      },
    },
  },
  shape: { borderRadius: 10 },
  typography: {
    fontFamily: FONT,
    fontSize: 14,
    body1: { fontSize: 14.5, lineHeight: 1.5 },
    button: { textTransform: 'none', fontWeight: 600, letterSpacing: 0 },
  },
  components: {
    MuiButton: { defaultProps: { disableElevation: true } },
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiDialog: { styleOverrides: { paper: { borderRadius: 18 } } },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: 19, fontWeight: 650, padding: '24px 28px 8px' } } },
    MuiDialogContent: { styleOverrides: { root: { padding: '8px 28px 20px' } } },
    MuiDialogActions: { styleOverrides: { root: { padding: '0 28px 24px', gap: 4 } } },
  },
})
