package rule_test

import (
	"fmt"

	"aiqyn/rule"
)

func Example() {
	env, err := rule.NewEnv(map[string]rule.Type{"load": rule.Int, "applicant": rule.String, "rights": rule.Any})
	if err != nil {
		panic(err)
	}
	noRight, err := env.Compile(`!(applicant in rights.holders) || load > 1000`)
	if err != nil {
		panic(err)
	}
	rights, err := rule.NormaliseJSON([]byte(`{"holders": ["800101300123"]}`))
	if err != nil {
		panic(err)
	}
	trace, err := noRight.Explain(map[string]any{"load": int64(150), "applicant": "800101300123", "rights": rights})
	if err != nil {
		panic(err)
	}
	fmt.Println(trace.Result, noRight.Uses())
	for _, step := range trace.Steps {
		fmt.Println(step.Expr, "=", step.Value)
	}
	_, err = env.Compile(`load > 1.5`)
	fmt.Println(err)
	// Output:
	// false [applicant load rights.holders]
	// applicant = "800101300123"
	// rights.holders = ["800101300123"]
	// applicant in rights.holders = true
	// load = 150
	// load > 1000 = false
	// column 8: 1.5 is a fraction: rules count in whole numbers (tiyn, metres, days)
}
