package account

import "testing"

func TestPhone(t *testing.T) {
	for typed, want := range map[string]string{
		"+7 701 123 45 67": "+77011234567", "87011234567": "+77011234567", "7011234567": "+77011234567", "8 (701) 123-45-67": "+77011234567",
		"": "", "12345": "", "+1 202 555 0100": "", "+7701123456x": "", "+770112345678": "",
	} {
		if got := Phone(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}
