package access

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What is looked for in free text: addresses of e-mail, and runs of digits as people
// write numbers: "900101 750009", "8 (701) 123-45-67".
var (
	mailAddress = regexp.MustCompile(`[^\s@<>()\[\],;:"'«»]+@[^\s@<>()\[\],;:"'«»]+\.[^\s@<>()\[\],;:"'«».]+`)
	digitRun    = regexp.MustCompile(`\+?[ (]{0,2}\d(?:[\s\x{a0}\x{2009}\x{202f}().\-‐‑‒–—−/]{0,3}\d){9,}`)
	digitGroup  = regexp.MustCompile(`\d+`)
	mobile      = regexp.MustCompile(`^7(?:0\d|4[67]|5\d|6\d|7\d)`)
)

// Covered is a text with the numbers of people, telephones and addresses of e-mail in it
// covered, however they are written. Numbers of parcels, sums and hashes stay. It is what
// everything passes that people write where others read it, and every line of the log.
func Covered(text string) string {
	if strings.Contains(text, "@") {
		text = mailAddress.ReplaceAllString(text, Mask("", ""))
	}
	var out strings.Builder
	last := 0
	for _, run := range digitRun.FindAllStringIndex(text, -1) {
		for _, m := range personal(text, run) {
			out.WriteString(text[last:m.from])
			out.WriteString(m.mask)
			last = m.to
		}
	}
	if last == 0 {
		return text
	}
	out.WriteString(text[last:])
	return out.String()
}

// masking is a place in a text and what is written there instead.
type masking struct {
	from, to int
	mask     string
}

// personal finds the numbers of people and telephones in a run of digits, from the left,
// the longest first.
func personal(text string, run []int) (list []masking) {
	groups := digitGroup.FindAllStringIndex(text[run[0]:run[1]], -1)
	for i := range groups {
		groups[i][0] += run[0]
		groups[i][1] += run[0]
	}
	for i := 0; i < len(groups); i++ {
		digits, found := "", -1
		var m masking
		for j := i; j < len(groups) && len(digits) <= 15; j++ {
			digits += text[groups[j][0]:groups[j][1]]
			if mask := maskOf(text, digits, groups[i:j+1]); mask != "" {
				m, found = masking{groups[i][0], groups[j][1], mask}, j
			}
		}
		if found < 0 {
			continue
		}
		if m.from > 0 && text[m.from-1] == '+' {
			m.from--
		}
		list, i = append(list, m), found
	}
	return list
}

// maskOf is what is written instead of digits in these groups; "" if they are no number
// of a person and no telephone.
func maskOf(text, digits string, groups [][]int) string {
	from, to := groups[0][0], groups[len(groups)-1][1]
	plus := strings.HasSuffix(strings.TrimRight(text[:from], " ("), "+")
	switch {
	case len(groups) == 1 && inHash(text, from, to):
		return ""
	case plus && len(digits) >= 11:
		return phone(digits)
	case len(digits) == 12 && (len(groups) == 1 || spelled(text, digits, groups)):
		return Mask(IIN, digits)
	case len(digits) == 11 && (digits[0] == '7' || digits[0] == '8') && (digits[1] == '7' || digits[1] == '9'):
		return phone(digits)
	case len(digits) == 10 && mobile.MatchString(digits):
		return phone("7" + digits)
	}
	return ""
}

func phone(digits string) string {
	if len(digits) == 11 && (digits[0] == '7' || digits[0] == '8') {
		return Mask(Phone, "+7"+digits[1:])
	}
	return Mask("", digits)
}

// spelled reports whether groups of digits are an IIN or BIN written apart: by spaces, or
// in its two halves, and it begins with a year and a month. A parcel's number has hyphens.
func spelled(text, digits string, groups [][]int) bool {
	if month := digits[2:4]; month < "01" || month > "12" {
		return false
	}
	if len(groups) == 2 && groups[0][1]-groups[0][0] == 6 {
		return true
	}
	for i := 1; i < len(groups); i++ {
		if strings.Trim(text[groups[i-1][1]:groups[i][0]], " \t\n\u00a0\u2009\u202f") != "" {
			return false
		}
	}
	return true
}

// inHash reports whether digits stand inside a long word of letters and digits.
func inHash(text string, from, to int) bool {
	word := func(b byte) bool {
		return b < utf8.RuneSelf && (b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z')
	}
	a, b := from, to
	for a > 0 && word(text[a-1]) {
		a--
	}
	for b < len(text) && word(text[b]) {
		b++
	}
	return b-a >= 24
}
