export const shopSchema = `
CREATE TABLE cities ( -- where customers live
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- name of the city
  country TEXT NOT NULL, -- name of the country, in English
  population INTEGER NOT NULL -- inhabitants
);

CREATE TABLE customers ( -- people who have registered with the shop
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- first and last name
  email TEXT NOT NULL UNIQUE,
  phone TEXT, -- empty where the customer gave none
  street TEXT NOT NULL, -- street and house number
  city_id INTEGER NOT NULL REFERENCES cities(id),
  segment TEXT NOT NULL, -- consumer, business or wholesale
  signup_date DATE NOT NULL, -- YYYY-MM-DD
  newsletter INTEGER NOT NULL CHECK (newsletter IN (0, 1)) -- 1 if subscribed
);

CREATE TABLE categories ( -- what kind of product it is; categories have a parent category
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  parent_id INTEGER REFERENCES categories(id) -- empty for the top level
);

CREATE TABLE suppliers ( -- companies that the shop buys products from
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  country TEXT NOT NULL,
  contact_email TEXT, -- empty where unknown
  lead_time_days INTEGER NOT NULL -- days from our order to delivery
);

CREATE TABLE products ( -- articles the shop sells
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  category_id INTEGER NOT NULL REFERENCES categories(id),
  supplier_id INTEGER NOT NULL REFERENCES suppliers(id),
  price REAL NOT NULL, -- list price in euros
  cost REAL NOT NULL, -- what the supplier charges, in euros
  stock INTEGER NOT NULL, -- pieces in the warehouse
  weight_grams INTEGER, -- empty where never weighed
  launch_date DATE NOT NULL, -- YYYY-MM-DD, first day on sale
  discontinued INTEGER NOT NULL CHECK (discontinued IN (0, 1)) -- 1 if no longer sold
);

CREATE TABLE orders ( -- what customers bought, one row an order
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  order_date DATE NOT NULL, -- YYYY-MM-DD
  status TEXT NOT NULL, -- processing, shipped, delivered or cancelled
  channel TEXT NOT NULL, -- where it was placed: web, app, store or phone
  shipping_cost REAL NOT NULL, -- in euros
  shipped_date DATE -- YYYY-MM-DD, empty until shipped
);

CREATE TABLE order_items ( -- the products of an order, one row a product
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders(id),
  product_id INTEGER NOT NULL REFERENCES products(id),
  quantity INTEGER NOT NULL,
  unit_price REAL NOT NULL, -- price of one piece at the time of the order, in euros
  discount REAL NOT NULL, -- share taken off, 0 to 1
  UNIQUE (order_id, product_id)
);

CREATE TABLE payments ( -- money received for orders
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders(id),
  payment_date DATE NOT NULL, -- YYYY-MM-DD
  method TEXT NOT NULL, -- card, paypal, bank transfer, invoice or gift card
  amount REAL NOT NULL -- in euros, shipping included
);

CREATE TABLE returns ( -- order items that customers sent back
  id INTEGER PRIMARY KEY,
  order_item_id INTEGER NOT NULL UNIQUE REFERENCES order_items(id),
  return_date DATE NOT NULL, -- YYYY-MM-DD
  quantity INTEGER NOT NULL, -- pieces sent back
  reason TEXT, -- empty where the customer gave none
  refund REAL NOT NULL -- money given back, in euros
);

CREATE TABLE reviews ( -- what customers think of products
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products(id),
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5), -- stars, 5 is best
  title TEXT, -- empty for a rating without words
  review_date DATE NOT NULL -- YYYY-MM-DD
);

CREATE INDEX customers_city ON customers(city_id);
CREATE INDEX products_category ON products(category_id);
CREATE INDEX products_supplier ON products(supplier_id);
CREATE INDEX orders_customer ON orders(customer_id);
CREATE INDEX orders_date ON orders(order_date);
CREATE INDEX order_items_product ON order_items(product_id);
CREATE INDEX payments_order ON payments(order_id);
CREATE INDEX reviews_product ON reviews(product_id);
CREATE INDEX reviews_customer ON reviews(customer_id);
`;
