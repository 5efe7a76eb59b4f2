/* The policy pack in memory: entities, fields, codes, lines, parameters, selections, rules, grades,
 * indicators, reports, roles.
 *
 * A field is written down once, in the pack; tables, import columns, frames, lists and labels all read it
 * here. A pack is loaded from a folder or from the copy that the database keeps, checked as a whole (names
 * resolve, expressions compile, dates make sense) and never changed afterwards: all threads may read it. What
 * the YAML looks like stands in doc/pack.md. Knows no database and no threads; files reach it as text.
 */
#ifndef ENGINE_CATALOG_CATALOG_H
#define ENGINE_CATALOG_CATALOG_H
#include "engine/catalog/catalog.err.h"
#include "engine/cel/cel.h"

#define CATALOG_FIELD_MAX 256         /* stored fields of an entity, so that a set of them is four words */
#define CATALOG_SOURCE_MAX (8u << 20) /* bytes of one file of a pack */
#define CATALOG_FILE_MAX 1000         /* files of a pack */
#define CATALOG_EXTENDS_MAX 8         /* packs in a chain of `extends` */
#define CATALOG_ID_MAX 60             /* characters of an id */
#define AREA_CODE_SIZE 12

struct label {
    struct text zh, en;
};
static inline struct text label_in(struct label l, enum lang lang) { return lang == LANG_ZH ? l.zh : l.en; }
struct dates {
    day from, to; /* half open; DAY_NONE: open */
};
static inline bool dates_hold(struct dates d, day on)
{
    return (d.from == DAY_NONE || d.from <= on) && (d.to == DAY_NONE || on < d.to);
}

struct catalog_code {
    struct text code;
    struct label label;
    const struct text *also;
    size_t also_count;
};
struct catalog_codes {
    struct text id;
    struct label label;
    const struct catalog_code *at;
    size_t count;
    /* For catalog_code_read: every spelling, folded, in order. */
    const struct catalog_spelling {
        struct text folded;
        const struct catalog_code *code;
    } * spellings;
    size_t spelling_count;
};

enum field_type {
    FIELD_IDENTIFIER,
    FIELD_TEXT,
    FIELD_INT,
    FIELD_DECIMAL,
    FIELD_MONEY,
    FIELD_YEAR,
    FIELD_DATE,
    FIELD_BOOL,
    FIELD_CODE,
    FIELD_CODES,
    FIELD_REF,
    FIELD_VILLAGE
};
enum field_class { CLASS_PUBLIC, CLASS_OFFICE, CLASS_PERSONAL, CLASS_SENSITIVE };
enum derive_kind {
    DERIVE_LENGTH,
    DERIVE_ID_VALID,
    DERIVE_ID_BIRTH,
    DERIVE_ID_SEX,
    DERIVE_ID_KIND,
    DERIVE_DISABILITY_VALID,
    DERIVE_PHONE_VALID,
    DERIVE_NUMERIC,
    DERIVE_USES
};
enum field_shows {
    SHOWS_NOTHING,
    SHOWS_COUNTY,
    SHOWS_TOWN,
    SHOWS_VILLAGE
}; /* not stored: the division's or village's name */

struct catalog_entity;
struct catalog_field {
    struct text id;
    const char *z; /* id as a C string */
    struct label label;
    enum field_type type;
    enum field_class class;
    bool sealed; /* encrypted in the database; searched by a keyed hash in column <id>_hash; CEL does not see
                    it */
    bool required;
    int digits; /* of FIELD_DECIMAL */
    struct text unit, national, source;
    const struct catalog_codes *codes;   /* of FIELD_CODE, FIELD_CODES */
    const struct catalog_entity *entity; /* of FIELD_REF */
    enum field_shows shows;
    struct text names;          /* id of the village field that this column names, or none */
    const struct text *headers; /* other headers than the labels */
    size_t header_count;
    /* A column derived from a sealed field when that is stored (NULL: an ordinary field). */
    const struct catalog_field *derived_from;
    enum derive_kind derive;
    /* Index among the entity's stored fields; SIZE_MAX when not stored: shows, names, uses, computed values,
     * and a village field of an entity with a parent (it shows the parent's village). */
    size_t column;
    size_t class_field; /* index in the CEL class; SIZE_MAX when CEL does not see it */
};
enum entity_kind { ENTITY_THING, ENTITY_YEARLY, ENTITY_EVENT, ENTITY_TENURE };

enum member_kind {                  /* what a field of the CEL class is, in the order of the class */
                   MEMBER_ID,       /* the record id */
                   MEMBER_FIELD,    /* catalog_entity.fields[index] */
                   MEMBER_VILLAGE,  /* the village that the record follows, where the entity has no village
                                       field of its own */
                   MEMBER_CHILDREN, /* records of `entity` below this one */
                   MEMBER_COMPUTED  /* catalog.computed[index] */
};
struct catalog_member {
    enum member_kind kind;
    size_t index;
    const struct catalog_entity *entity; /* of MEMBER_CHILDREN */
};

struct catalog_entity {
    struct text id;
    const char *z;
    struct label label;
    enum entity_kind kind;
    size_t index;                       /* in catalog.entities */
    const struct catalog_field *fields; /* in the pack's order: ordinary, shown and derived ones */
    size_t field_count;
    const struct catalog_field *const *stored; /* those with a column, in the order of .column */
    size_t stored_count;
    const size_t *key, *alternate_key; /* indexes in fields */
    size_t key_count, alternate_key_count;
    const struct catalog_field *parent; /* FIELD_REF or NULL */
    const struct catalog_field
        *village; /* own FIELD_VILLAGE field or NULL: then it follows the parent, or belongs to the town */
    bool has_village;     /* its own or its parent's; false: belongs to the town (or is the village itself) */
    struct text children; /* name of the list in the parent, or (without a parent) in the village */
    const struct catalog_field *dated_year, *dated_date, *dated_from, *dated_to; /* or NULL */
    struct cel_class class_of;              /* what rules see; .get is the reader given when loading */
    const struct catalog_member *members;   /* one for each class_of.fields */
    const struct cel_type *line_parameters; /* of village: what the function line() takes */
    const struct cel_env *env;              /* for expressions on it: the variables of VARIABLE_… */
};

/* A selection (type bool) or computed value of an entity; a field of its class. */
struct catalog_computed {
    struct text id;
    struct label label;
    const struct catalog_entity *on;
    bool is_selection;
    enum cel_kind type;         /* CEL_BOOL, CEL_INT, CEL_STRING, CEL_DOUBLE, CEL_TIMESTAMP */
    struct catalog_field shown; /* how its values are shown and named by `show`: id, label, type, unit,
                                   class_field; no column */
    struct text source_text;
    const struct cel_program *program;
    size_t class_field;
    struct dates dates;
    struct text source;
};
enum rule_level { RULE_ERROR, RULE_WARNING };
/* A field that some import must have given before a rule can be judged (`needs: [household.helper]`). */
struct catalog_need {
    const struct catalog_entity *entity;
    const struct catalog_field *field; /* stored, or sealed */
};
struct catalog_rule {
    struct text id;
    const struct text *v; /* "V8" */
    size_t v_count;
    const struct catalog_entity *on;
    enum rule_level level;
    struct label title, message;
    struct text when_text;
    const struct cel_program *when, *year; /* year NULL: none */
    const struct catalog_field *const
        *show; /* fields of `on`, or catalog_computed.shown of one of its computed values */
    size_t show_count;
    const struct catalog_need *needs;
    size_t need_count;
    struct dates dates;
    struct text source;
    char version[17]; /* hex of a hash of all that decides (when, level, message): changes when the rule does
                       */
};
struct catalog_reason {
    struct text id;
    struct label label;
    const struct cel_program *when;
    struct text when_text;
    struct dates dates;
};
struct catalog_grade {
    struct text id;
    struct label label;
    int visit_months, review_months;
    const struct catalog_reason *reasons;
    size_t reason_count;
};
enum indicator_value {
    INDICATOR_COUNT,
    INDICATOR_DISTINCT,
    INDICATOR_SUM,
    INDICATOR_MIN,
    INDICATOR_MAX,
    INDICATOR_FORMULA
};
enum indicator_type { INDICATOR_INT, INDICATOR_MONEY, INDICATOR_DECIMAL };
struct catalog_indicator {
    struct text id;
    struct label label;
    struct text unit;
    enum indicator_type type;
    int digits;
    enum indicator_value value;
    const struct catalog_entity *on, *rows; /* rows: whose ids the list behind it shows */
    const struct cel_program *where, *of;   /* where NULL: all */
    struct text where_text, of_text;
    /* INDICATOR_FORMULA: `of` over variables; variables[i] is the indicator at position uses[i]. */
    const size_t *uses;
    size_t use_count;
    size_t index;
    struct dates dates;
    struct text source;
};
struct catalog_line {
    struct text kind, area, who, source;
    struct text what; /* "line exit", as catalog_reader.unset is told */
    struct dates dates;
    bool is_set;
    fen amount;
};
/* Items of one id may follow each other in time; then they share a field of catalog.param. */
struct catalog_parameter {
    struct text id, who, source;
    struct text what; /* "param.x" */
    struct label label;
    struct dates dates;
    bool is_set;
    struct cel_value value;
    size_t class_field; /* index in catalog.param; for cel_program_uses */
};
struct yaml_node;
struct catalog_import {
    struct text id;
    const struct catalog_entity *entity, *also; /* also NULL: none */
    struct text prefix;
    const struct text *names, *titles;
    size_t name_count, title_count;
    struct catalog_set {
        size_t field;
        struct text code;
    } const *set; /* fields of `entity` that the kind gives */
    size_t set_count;
    struct catalog_header {
        struct text header;
        size_t field;
    } const *headers; /* for this kind alone */
    size_t header_count;
};
struct catalog_division {
    struct text code, name; /* 12 digits */
};
/* How a role sees the fields of a class; ordered, each shows no less than the one before it. */
enum role_shows {
    ROLE_SHOWS_NONE,
    ROLE_SHOWS_MASKED,
    ROLE_SHOWS_REASON, /* masked; in full through the operation reveal, with a reason */
    ROLE_SHOWS_FULL    /* never of a sealed field */
};
enum role_class { /* sensitive fields are sealed, or (health) they are not */
                  ROLE_PUBLIC,
                  ROLE_OFFICE,
                  ROLE_PERSONAL,
                  ROLE_SEALED,
                  ROLE_HEALTH,
                  ROLE_CLASS_COUNT
};
/* What an account of this role may do. What it does not name it may not do. */
struct catalog_role {
    struct text id;
    struct label label;
    const struct text *does; /* names of operations: "finding list" */
    size_t does_count;
    const bool *reads, *writes; /* by entity index */
    enum role_shows shows[ROLE_CLASS_COUNT];
};
/* A report as the pack has it: its YAML node stays a tree of text for domain/report, which checks it when the
 * pack loads. */
struct catalog_report {
    struct text id;
    const struct yaml_node *root;
    struct text file;
};
/* One file of the pack, as loaded; the database keeps them. */
struct catalog_file {
    struct text name, content; /* "rules/person.yaml" */
};

/* Slots of the variables in every expression on an entity: its record, the day, and the record of parameters,
 * whose fields (param.x) are read like any other, so that one that is UNSET is absent and told to
 * catalog_reader.unset. */
enum { VARIABLE_SELF, VARIABLE_AS_OF, VARIABLE_PARAM, VARIABLE_COUNT };

struct catalog {
    struct arena *arena;
    struct text id;
    struct label label;
    struct text area; /* "41" */
    char digest[65];  /* SHA-256 over names and contents of the files, hex */
    const struct catalog_file *files;
    size_t file_count;
    const struct catalog_codes *codes;
    size_t codes_count;
    const struct catalog_entity *entities;
    size_t entity_count;
    const struct catalog_computed *computed; /* in the order in which they can be computed */
    size_t computed_count;
    const struct catalog_rule *rules;
    size_t rule_count;
    const struct catalog_grade *grades;
    size_t grade_count;
    const struct catalog_entity *grades_on;
    const struct catalog_computed *grades_who;
    const struct catalog_indicator *indicators;
    size_t indicator_count;
    const struct catalog_line *lines;
    size_t line_count;
    const struct catalog_parameter *parameters;
    size_t parameter_count;
    const struct catalog_import *imports;
    size_t import_count;
    const struct catalog_report *reports;
    size_t report_count;
    const struct catalog_role *roles;
    size_t role_count;
    const struct catalog_division *divisions; /* ordered by code */
    size_t division_count;
    struct catalog_program *programs; /* all of them, for catalog_clear */
    struct cel_class param;           /* the class of VARIABLE_PARAM: a row is a day, a field a parameter */
    const struct catalog_reader *reader;
};

/* What the host of evaluations gives: reading of fields, and lines. `host` of functions and `get` is the
 * run's. */
struct catalog_reader {
    bool (*get)(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out);
    /* The 12-digit code of a record of village. */
    struct text (*village_code)(void *host, const struct cel_class *of, uint32_t row);
    /* Told when an expression reads a line or parameter that is UNSET (or a line that the pack does not have
     * for that day: `who` is then TEXT_NONE); the evaluation ends as absent. `what` is "line exit" or
     * "param.x". */
    void (*unset)(void *host, struct text what, struct text who);
    /* Registers with an environment what the system gives (regular expressions, zones); NULL: matches() and
     * zones by name are then refused. */
    void (*system)(struct cel_env *env);
};

/* Reads a pack's files from a folder into memory: pack.yaml, *.yaml here and in its folders (not test/), and
 * the divisions; names relative to it, ordered. A pack that it extends lies in the folder beside it, its
 * files are named "../ID/…". CATALOG_FOLDER, CATALOG_EXTENDS, CATALOG_…, YAML_…, FILE_*. */
MUST_USE bool catalog_read(const char *folder, struct arena *a, struct catalog_file **files_out,
                           size_t *count_out, struct err *e);
/* Builds the catalogue; everything lives in `a`, files' text included (borrowed, must live as long). On false
 * the error is CATALOG_… or YAML_… with {file}, {line}, {column} and what to do. Fields of evaluations are
 * read through `reader` (kept: it must live as long). Not thread-safe while it runs; the result may be read
 * by any. */
MUST_USE bool catalog_load(const struct catalog_file *files, size_t count,
                           const struct catalog_reader *reader, struct arena *a, const struct catalog **out,
                           struct err *e);
/* Gives back what the system holds for it. NULL is allowed. */
void catalog_clear(const struct catalog *c);

const struct catalog_entity *catalog_entity(const struct catalog *c, struct text id); /* NULL: none */
const struct catalog_field *catalog_field(const struct catalog_entity *entity,
                                          struct text id); /* NULL: none */
const struct catalog_rule *catalog_rule(const struct catalog *c, struct text id);
const struct catalog_indicator *catalog_indicator(const struct catalog *c, struct text id);
const struct catalog_parameter *catalog_parameter(const struct catalog *c, struct text id,
                                                  day on); /* NULL: none in force */
const struct catalog_division *catalog_division(const struct catalog *c, struct text code);
const struct catalog_role *catalog_role(const struct catalog *c, struct text id); /* NULL: none */
bool catalog_role_does(const struct catalog_role *role, struct text operation);
/* The field or the computed value (its `shown`) that an expression reads there; NULL: children, a village, a
 * parameter. */
const struct catalog_field *catalog_used(const struct catalog *c, const struct cel_use *use);
/* The class by which roles see a field. A computed value (catalog_computed.shown) is of the most sensitive
 * class of those that it reads. */
enum role_class catalog_role_class(const struct catalog_field *field);
/* The line of a kind for a division code on a day; NULL: none is in force. */
const struct catalog_line *catalog_line(const struct catalog *c, struct text kind, struct text area, day on);
/* An item of a code table: by what is stored, or by what a workbook says (label, also, code; width, blanks,
 * brackets ignored). */
const struct catalog_code *catalog_code(const struct catalog_codes *codes, struct text code);
const struct catalog_code *catalog_code_read(const struct catalog_codes *codes, struct text as_written);
/* The form in which headers and codes are compared: half-width, lower case, without blanks; brackets stay. In
 * `a`. */
struct text catalog_fold(struct arena *a, struct text t);

/* The variables of an evaluation on an entity: out[VARIABLE_…]; `self` is the record. */
void catalog_variables(const struct catalog *c, struct cel_value self, day as_of,
                       struct cel_value out[VARIABLE_COUNT]);
/* Midnight UTC, and the day of a timestamp. */
struct cel_value catalog_day_value(day d);
day catalog_value_day(const struct cel_value *timestamp);
/* The value of a field as CEL sees it; false: absent. For the reader's `get`: codes come out as labels,
 * decimals as doubles, lists of codes as lists in `a`; refs and villages are the reader's own. */
bool catalog_field_value(const struct catalog_field *field, struct value v, struct arena *a,
                         struct cel_value *out);

/* Compiles a user's expression over an entity (the record by the entity's id and its fields by their bare
 * names); its type is bool. CATALOG_FILTER with {line}, {column}, {detail}. The caller clears it with
 * cel_program_clear. */
MUST_USE bool catalog_compile(const struct catalog *c, const struct catalog_entity *on, struct text source,
                              struct arena *a, const struct cel_program **out, struct err *e);
/* Says of such an expression what compiling or evaluating it said: CATALOG_FILTER. Always false. */
bool catalog_filter_fail(const struct catalog_entity *on, const struct err *inner, struct err *e);
/* A fresh environment with the pack's functions and no variables. NULL: memory is out. */
MUST_USE struct cel_env *catalog_env_new(const struct catalog *c, struct arena *a);

/* A sealed value with '*' in the place of what must not be seen: the first and last characters stay where the
 * value is long enough for that to tell records apart and give nothing away. Never without a '*'. */
struct text catalog_mask(struct arena *a, const struct catalog_field *field, struct text plain);
/* Whether `t` looks like what a reader was shown in the place of the field's value: catalog_mask's form of a
 * sealed one, a single '*' of another sensitive one. Such a text says nothing of the value. */
bool catalog_is_mask(const struct catalog_field *field, struct text t);
/* A value that a field refuses, as the refusal may quote it: masked where the field is sensitive, and
 * elsewhere without runs of 11 digits or more, which are somebody's number in a wrong column. The numbers of
 * records are quoted in full. */
struct text catalog_mask_refused(struct arena *a, const struct catalog_field *field, struct text plain);

#endif
