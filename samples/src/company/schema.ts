export const companySchema = `
CREATE TABLE locations ( -- offices of the company
  id INTEGER PRIMARY KEY,
  city TEXT NOT NULL UNIQUE,
  country TEXT NOT NULL,
  opened_on DATE NOT NULL, -- YYYY-MM-DD
  desks INTEGER NOT NULL -- places to work
);

CREATE TABLE departments ( -- units that employees belong to
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  location_id INTEGER NOT NULL REFERENCES locations(id), -- where the department sits
  budget REAL NOT NULL -- for the year 2025, in euros
);

CREATE TABLE positions ( -- jobs that employees can hold
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL UNIQUE,
  level TEXT NOT NULL, -- junior, regular, senior or lead
  min_salary REAL NOT NULL, -- lower end of the band, euros a year
  max_salary REAL NOT NULL -- upper end of the band, euros a year
);

CREATE TABLE employees ( -- people who work or worked at the company
  id INTEGER PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  birth_date DATE NOT NULL, -- YYYY-MM-DD
  hire_date DATE NOT NULL, -- YYYY-MM-DD
  leave_date DATE, -- YYYY-MM-DD, empty while employed
  department_id INTEGER NOT NULL REFERENCES departments(id),
  position_id INTEGER NOT NULL REFERENCES positions(id),
  manager_id INTEGER REFERENCES employees(id), -- empty for heads of department
  weekly_hours REAL NOT NULL -- 40 is full time
);

CREATE TABLE salaries ( -- pay of employees over time, one row a change
  id INTEGER PRIMARY KEY,
  employee_id INTEGER NOT NULL REFERENCES employees(id),
  amount REAL NOT NULL, -- euros a year
  valid_from DATE NOT NULL, -- YYYY-MM-DD
  valid_to DATE, -- YYYY-MM-DD, empty for the current salary
  UNIQUE (employee_id, valid_from)
);

CREATE TABLE projects ( -- work with a goal and an end
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  department_id INTEGER NOT NULL REFERENCES departments(id), -- who leads it
  status TEXT NOT NULL, -- planned, active, on hold or completed
  start_date DATE NOT NULL, -- YYYY-MM-DD
  end_date DATE, -- YYYY-MM-DD, empty until completed
  budget REAL NOT NULL -- in euros
);

CREATE TABLE assignments ( -- which employees work on which projects
  employee_id INTEGER NOT NULL REFERENCES employees(id),
  project_id INTEGER NOT NULL REFERENCES projects(id),
  role TEXT NOT NULL, -- member, reviewer or owner
  hours INTEGER NOT NULL, -- hours booked so far
  PRIMARY KEY (employee_id, project_id)
);

CREATE TABLE skills ( -- what employees can know
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  area TEXT NOT NULL -- technical, language or business
);

CREATE TABLE employee_skills ( -- which employees have which skills
  employee_id INTEGER NOT NULL REFERENCES employees(id),
  skill_id INTEGER NOT NULL REFERENCES skills(id),
  proficiency INTEGER NOT NULL CHECK (proficiency BETWEEN 1 AND 5), -- 5 is best
  PRIMARY KEY (employee_id, skill_id)
);

CREATE TABLE time_off ( -- absences of employees
  id INTEGER PRIMARY KEY,
  employee_id INTEGER NOT NULL REFERENCES employees(id),
  kind TEXT NOT NULL, -- vacation, sick leave, parental leave or training
  start_date DATE NOT NULL, -- YYYY-MM-DD
  days INTEGER NOT NULL, -- working days
  approved INTEGER CHECK (approved IN (0, 1)) -- 1 if granted, 0 if refused, empty while undecided
);

CREATE TABLE expenses ( -- what employees spent for the company
  id INTEGER PRIMARY KEY,
  employee_id INTEGER NOT NULL REFERENCES employees(id),
  project_id INTEGER REFERENCES projects(id), -- empty where it belongs to none
  category TEXT NOT NULL, -- travel, hotel, meals, software or equipment
  amount REAL NOT NULL, -- in euros
  expense_date DATE NOT NULL -- YYYY-MM-DD
);

CREATE INDEX employees_department ON employees(department_id);
CREATE INDEX employees_position ON employees(position_id);
CREATE INDEX employees_manager ON employees(manager_id);
CREATE INDEX projects_department ON projects(department_id);
CREATE INDEX assignments_project ON assignments(project_id);
CREATE INDEX employee_skills_skill ON employee_skills(skill_id);
CREATE INDEX time_off_employee ON time_off(employee_id);
CREATE INDEX expenses_employee ON expenses(employee_id);
CREATE INDEX expenses_project ON expenses(project_id);
`;
