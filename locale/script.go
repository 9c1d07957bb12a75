package locale

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s in Unicode normal form C. Every text that enters is brought
// into it, so that й typed as one letter and as и with a breve are the same.
func NFC(s string) string { return norm.NFC.String(s) }

// Span is a run of letters from the wrong alphabet inside a word.
type Span struct {
	Start, End int    // bytes of the text
	Text       string // what is there
	Instead    string // what it was surely meant to be
}

// lookAlike maps a Latin letter to the Cyrillic one that it passes for,
// Kazakh letters included.
var lookAlike = map[rune]rune{
	'a': 'а', 'A': 'А', 'B': 'В', 'c': 'с', 'C': 'С', 'e': 'е', 'E': 'Е', 'H': 'Н',
	'h': 'һ', 'i': 'і', 'I': 'І', 'K': 'К', 'k': 'к', 'M': 'М', 'o': 'о', 'O': 'О',
	'p': 'р', 'P': 'Р', 'T': 'Т', 'x': 'х', 'X': 'Х', 'y': 'у', 'Y': 'Ү',
	'ə': 'ә', 'Ə': 'Ә', 'ɵ': 'ө', 'Ɵ': 'Ө', 'ë': 'ё', 'Ë': 'Ё',
}

// latinOf is lookAlike turned round.
var latinOf = func() map[rune]rune {
	m := make(map[rune]rune, len(lookAlike))
	for latin, cyrillic := range lookAlike {
		m[cyrillic] = latin
	}
	return m
}()

// Suspicious finds letters of one alphabet hidden inside words of the other:
// a Latin "a" in «Астана» makes a name that no search finds and a person who
// seems to be another. Words end at whatever is not a letter, so «QR-код» is
// two words and clean.
func Suspicious(s string) []Span {
	var spans []Span
	for start := 0; start < len(s); {
		r, size := utf8.DecodeRuneInString(s[start:])
		if !unicode.IsLetter(r) {
			start += size
			continue
		}
		end := start
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
			end += size
		}
		spans = append(spans, strangers(s, start, end)...)
		start = end
	}
	return spans
}

// strangers finds the runs in the word s[start:end] that belong to the other
// alphabet. Which alphabet the word is in, its unmistakable letters say; if it
// has none, it is Cyrillic.
func strangers(s string, start, end int) []Span {
	var latin, cyrillic, surelyLatin, surelyCyrillic int
	for _, r := range s[start:end] {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
			if _, ok := lookAlike[r]; !ok {
				surelyLatin++
			}
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
			if _, ok := latinOf[r]; !ok {
				surelyCyrillic++
			}
		}
	}
	if latin == 0 || cyrillic == 0 {
		return nil
	}
	strange, meant := unicode.Latin, lookAlike
	if surelyLatin > surelyCyrillic {
		strange, meant = unicode.Cyrillic, latinOf
	}
	return runs(s, start, end, strange, meant)
}

func runs(s string, start, end int, strange *unicode.RangeTable, meant map[rune]rune) []Span {
	var spans []Span
	for i, r := range s[start:end] {
		if !unicode.Is(strange, r) {
			continue
		}
		at := start + i
		instead := string(r)
		if m, ok := meant[r]; ok {
			instead = string(m)
		}
		if n := len(spans); n > 0 && spans[n-1].End == at {
			spans[n-1].End += utf8.RuneLen(r)
			spans[n-1].Text += string(r)
			spans[n-1].Instead += instead
			continue
		}
		spans = append(spans, Span{at, at + utf8.RuneLen(r), string(r), instead})
	}
	return spans
}
