package rule

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// facts turns Go values into the values of rules. Only what JSON can hold,
// without fractions, and instants get in; anything else is an error where it
// is read, so that a fraction cannot reach a ruling unseen.
type facts struct{}

func (f facts) NativeToValue(v any) ref.Val {
	switch v := v.(type) {
	case nil:
		return types.NullValue
	case bool:
		return types.Bool(v)
	case int64:
		return types.Int(v)
	case int:
		return types.Int(v)
	case string:
		return types.String(v)
	case time.Time:
		return types.Timestamp{Time: v}
	case map[string]any:
		return types.NewStringInterfaceMap(f, v)
	case []any:
		return types.NewDynamicList(f, v)
	case []string:
		return types.NewStringList(f, v)
	case ref.Val:
		return v
	case float64, float32:
		return types.NewErr("%v is a fraction: facts hold whole numbers (rule.Normalise)", v)
	}
	return types.NewErr("a fact of Go type %T: facts are what JSON holds (rule.Normalise)", v)
}
