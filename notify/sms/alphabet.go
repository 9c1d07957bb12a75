package sms

// basic is the default alphabet of 3GPP TS 23.038, 6.2.1, by septet. Septet
// 0x1B leads to the extension.
var basic = []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")

// extended are the letters behind septet 0x1B, each two septets long.
var extended = map[byte]rune{
	0x0a: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2f: '\\', 0x3c: '[', 0x3d: '~', 0x3e: ']', 0x40: '|', 0x65: '€',
}

const escape = 0x1b

// septets is the alphabet the other way round.
var septets = func() map[rune]unit {
	m := make(map[rune]unit, len(basic)+len(extended))
	for i, r := range basic {
		if i != escape {
			m[r] = unit{byte(i)}
		}
	}
	for b, r := range extended {
		m[r] = unit{escape, b}
	}
	return m
}()

func gsm7(r rune) (unit, bool) {
	u, ok := septets[r]
	return u, ok
}

// fromGSM7 reads septets that stand one in an octet. An extension that is not
// known reads as a blank, as the standard says.
func fromGSM7(text []byte) string {
	out := make([]rune, 0, len(text))
	for i := 0; i < len(text); i++ {
		b := text[i] & 0x7f
		if b != escape {
			out = append(out, basic[b])
			continue
		}
		i++
		r, ok := rune(' '), false
		if i < len(text) {
			if r, ok = extended[text[i]&0x7f]; !ok {
				r = ' '
			}
		}
		out = append(out, r)
	}
	return string(out)
}
