import { useState } from 'react';

const CHOICES = { system: 'System', light: 'Light', dark: 'Dark' } as const;
type Appearance = keyof typeof CHOICES;

const STORED_AS = 'appearance';

const isAppearance = (word: string | null): word is Appearance =>
  word !== null && Object.hasOwn(CHOICES, word);

/** What was chosen in this browser. */
export function storedAppearance(): Appearance {
  const stored = localStorage.getItem(STORED_AS);
  return isAppearance(stored) ? stored : 'system';
}

/** The colours follow by light-dark() in the style sheets. */
export function applyAppearance(appearance: Appearance): void {
  if (appearance === 'system') delete document.documentElement.dataset['appearance'];
  else document.documentElement.dataset['appearance'] = appearance;
}

/** The select of the header. */
export function AppearanceSelect() {
  const [appearance, setAppearance] = useState(storedAppearance);
  return (
    <label className="appearance">
      <span>Appearance</span>
      <select
        value={appearance}
        onChange={({ target: { value } }) => {
          if (!isAppearance(value)) return;
          localStorage.setItem(STORED_AS, value);
          applyAppearance(value);
          setAppearance(value);
        }}
      >
        {Object.entries(CHOICES).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
