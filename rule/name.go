package rule

// reserved are the words of CEL: no variable may be called so.
var reserved = map[string]bool{
	"as": true, "break": true, "const": true, "continue": true, "else": true, "false": true,
	"for": true, "function": true, "if": true, "import": true, "in": true, "let": true,
	"loop": true, "package": true, "namespace": true, "null": true, "return": true,
	"true": true, "var": true, "void": true, "while": true,
}

// isName reports whether a rule can refer to a variable by this name: letters,
// digits and underscores, not starting with a digit.
func isName(s string) bool {
	if s == "" || len(s) > 64 || reserved[s] {
		return false
	}
	for i, r := range []byte(s) {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}
