// What the type checker does not see: see "check" in package.json for that.

export default [
  {
    files: ["**/*.mjs"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-len": ["error", { code: 160, ignoreComments: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreUrls: true }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
];
